#include "server/outbox.h"

#include <sys/stat.h>

#include <boost/json/object.hpp>
#include <cerrno>
#include <cstring>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "service/disclosures.h"
#include "service/notices.h"
#include "store/durable_file.h"

namespace lindung::server {

namespace {

namespace json = boost::json;

constexpr mode_t owner_only = 0700;

}  // namespace

Result<void> Outbox::put(const std::string& name, const std::string& text) const {
  if (::mkdir(folder_.c_str(), owner_only) != 0 && errno != EEXIST) {
    return fail(Errc::io, folder_ + ": " + std::strerror(errno));
  }
  const auto written = store::create_file(folder_ + "/" + name + ".json", as_bytes(text + "\n"));
  // Delivered before, and the note of it lost: the name stands for the content.
  if (written.has_error() && written.error().code == Errc::conflict) return ok();
  return written;
}

Result<void> Outbox::write(const service::Notice& notice) const {
  const auto id = codec::hex(notice.id.bytes());
  const auto text =
      codec::to_text(json::object{{"id", id},
                                  {"citizen", codec::hex(notice.citizen.bytes())},
                                  {"kind", service::name_of(notice.kind)},
                                  {"at", rfc3339(notice.at)},
                                  {"text", json::object{{"id", notice.text.id}, {"en", notice.text.en}}}});
  return put(id, text);
}

Result<void> Outbox::escalate(const service::DisclosureEscalation& escalation) const {
  const auto id = codec::hex(escalation.id);
  return put(
      "escalation-" + id + "-" + std::to_string(escalation.level),
      codec::to_text(json::object{{"id", id},
                                  {"to", escalation.to},
                                  {"kind", "disclosure-unread"},
                                  {"level", escalation.level},
                                  {"at", rfc3339(escalation.since)},
                                  {"text", json::object{{"id", escalation.text.id}, {"en", escalation.text.en}}}}));
}

Result<void> Outbox::deliver(const service::Notice& notice) {
  const auto written = write(notice);
  ++(written.has_value() ? delivered_ : failed_);
  return written;
}

}  // namespace lindung::server
