// Bytes of a connection, in pieces whose size the first byte chooses: whatever becomes a request has its views inside
// what was sent, within the limits, and reads the same in one piece.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "http/message.h"
#include "http/request_reader.h"

namespace {

using lindung::http::RequestReader;
constexpr std::size_t head_limit = 512;
constexpr std::size_t body_limit = 6000;

void require(bool holds) {
  if (!holds) std::abort();
}

// All requests that were understood, as one text. When a fault is noticed may differ by the pieces: Beast waits for the
// end of a head that it could not parse at once.
std::string read(std::string_view bytes, std::size_t piece) {
  RequestReader reader{head_limit};
  std::string understood;
  while (true) {
    switch (reader.advance()) {
      case RequestReader::Step::need_bytes: {
        if (bytes.empty()) return understood;
        const auto room = reader.room();
        require(!room.empty());
        const auto count = std::min({room.size(), bytes.size(), piece});
        std::copy_n(bytes.begin(), count, room.begin());
        bytes.remove_prefix(count);
        reader.arrived(count);
        break;
      }
      case RequestReader::Step::head: static_cast<void>(reader.limit_body(body_limit)); break;
      case RequestReader::Step::complete: {
        const auto& request = reader.request();
        require(request.body.size() <= body_limit);
        understood.append(request.method).append(" ").append(request.target).append("\n");
        understood.append(request.path()).append("?").append(request.query()).append("\n");
        std::size_t head = request.method.size() + request.target.size();
        for (const auto& field : request.fields) {
          require(field.name.find_first_of("\r\n: ") == std::string_view::npos && !field.name.empty());
          require(field.value.find_first_of("\r\n") == std::string_view::npos);
          require(request.only(field.name).first || request.only(field.name).second.empty());
          head += field.name.size() + field.value.size() + 3;
          understood.append(field.name).append("=").append(field.value).append("\n");
        }
        require(head <= head_limit);
        understood.append(lindung::as_text(request.body)).append(reader.keep_alive() ? "\n+\n" : "\n-\n");
        reader.next();
        break;
      }
      case RequestReader::Step::refused: return understood;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = lindung::as_text({data + 1, size - 1});
  const auto whole = read(bytes, bytes.size());
  const auto pieces = read(bytes, std::size_t{data[0]} + 1);
  require(whole == pieces);
  return 0;
}
