#include "people/messages.h"

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"

namespace lindung::people {

std::string_view name_of(MessageKind kind) noexcept { return kind == MessageKind::code ? "code" : "account"; }

std::string as_json(const PhoneMessage& message) {
  namespace json = boost::json;
  return codec::to_text(json::object{{"id", codec::hex(message.id.bytes())},
                                     {"kind", name_of(message.kind)},
                                     {"to", message.phone},
                                     {"at", rfc3339(message.at)},
                                     {"text", json::object{{"id", message.text.id}, {"en", message.text.en}}}});
}

}  // namespace lindung::people
