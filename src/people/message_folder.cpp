#include "people/message_folder.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "people/messages.h"
#include "store/durable_file.h"

namespace lindung::people {

namespace {

constexpr mode_t owner_only = 0700;

}  // namespace

Result<void> MessageFolder::post(const PhoneMessage& message) {
  if (::mkdir(folder_.c_str(), owner_only) != 0 && errno != EEXIST) {
    return fail(Errc::io, folder_ + ": " + std::strerror(errno));
  }
  const auto name = folder_ + "/" + codec::hex(message.id.bytes()) + ".json";
  auto written = store::create_file(name, as_bytes(as_json(message) + "\n"));
  // Posted before: the name stands for the content.
  if (written.has_error() && written.error().code == Errc::conflict) return ok();
  return written;
}

}  // namespace lindung::people
