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
#include "service/notices.h"
#include "store/durable_file.h"

namespace lindung::server {

namespace {

namespace json = boost::json;

constexpr mode_t owner_only = 0700;

}  // namespace

Result<void> Outbox::write(const service::Notice& notice) const {
  if (::mkdir(folder_.c_str(), owner_only) != 0 && errno != EEXIST) {
    return fail(Errc::io, folder_ + ": " + std::strerror(errno));
  }
  const auto id = codec::hex(notice.id.bytes());
  const auto text =
      codec::to_text(json::object{{"id", id},
                                  {"citizen", codec::hex(notice.citizen.bytes())},
                                  {"kind", service::name_of(notice.kind)},
                                  {"at", rfc3339(notice.at)},
                                  {"text", json::object{{"id", notice.text.id}, {"en", notice.text.en}}}});
  const auto written = store::create_file(folder_ + "/" + id + ".json", as_bytes(text + "\n"));
  // Delivered before, and the note of it lost: the id stands for the content.
  if (written.has_error() && written.error().code == Errc::conflict) return ok();
  return written;
}

Result<void> Outbox::deliver(const service::Notice& notice) {
  const auto written = write(notice);
  ++(written.has_value() ? delivered_ : failed_);
  return written;
}

}  // namespace lindung::server
