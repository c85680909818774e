#include "log/witness_request.h"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "codec/base_n.h"

namespace lindung::log {
namespace {

constexpr std::string_view old_word = "old ";

Result<std::string_view> take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  if (end == std::string_view::npos) return fail(Errc::malformed, "a line without an end");
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t size = 0;
  const auto* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, size);
  if (error != std::errc{} || stopped != end || std::to_string(size) != text) {
    return fail(Errc::malformed, "a size that is no number");
  }
  return size;
}

}  // namespace

std::string WitnessRequest::encode() const {
  auto out = std::string{old_word} + std::to_string(old_size) + "\n";
  for (const auto& hash : proof) out.append(codec::base64(hash)).append("\n");
  return out.append("\n").append(checkpoint);
}

Result<WitnessRequest> parse_witness_request(std::string_view body) {
  if (body.size() > witness_request_limit) return fail(Errc::too_large, "a request over 64 KiB");
  WitnessRequest out;
  auto rest = body;
  TRY(first, take_line(rest));
  if (!first.starts_with(old_word)) return fail(Errc::malformed, "a request that does not begin with an old size");
  TRY(old_size, parse_size(first.substr(old_word.size())));
  out.old_size = old_size;
  for (;;) {
    TRY(line, take_line(rest));
    if (line.empty()) break;
    if (out.proof.size() == witness_proof_limit) return fail(Errc::malformed, "a proof of more than 63 lines");
    Hash hash{};
    if (codec::from_base64(line, hash).has_error()) return fail(Errc::malformed, "a line of a proof that is no hash");
    out.proof.push_back(hash);
  }
  if (rest.empty()) return fail(Errc::malformed, "a request without a checkpoint");
  out.checkpoint = rest;
  return out;
}

Result<std::uint64_t> parse_witness_size(std::string_view body) {
  TRY(line, take_line(body));
  if (!body.empty()) return fail(Errc::malformed, "a size and more");
  return parse_size(line);
}

}  // namespace lindung::log
