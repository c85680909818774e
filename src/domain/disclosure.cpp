#include "domain/disclosure.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "crypto/hpke.h"

namespace lindung::domain {

namespace {

constexpr std::string_view info = "lindung disclosure v1";
constexpr std::size_t enc_size = 32;
constexpr std::size_t length_size = 4;

}  // namespace

Result<Bytes> seal_disclosure(const crypto::X25519PublicKey& team, std::string_view text) {
  if (text.empty()) return fail(Errc::invalid_argument, "a message is needed");
  if (text.size() > longest_disclosure) return fail(Errc::too_large, "a message has at most 64 KiB");
  Message padded;
  padded.be(static_cast<std::uint32_t>(text.size())).text(text);
  auto plain = padded.take();
  plain.resize((plain.size() + disclosure_step - 1) / disclosure_step * disclosure_step);
  TRY(sender, crypto::hpke_send(team, crypto::X25519PrivateKey::generate(), as_bytes(info)));
  return Message{}.raw(sender.enc).raw(sender.context.seal({}, plain)).take();
}

Result<void> check_sealed_disclosure(BytesView sealed) {
  if (sealed.size() > longest_sealed_disclosure) return fail(Errc::too_large, "a message has at most 64 KiB");
  if (sealed.size() <= disclosure_overhead || (sealed.size() - disclosure_overhead) % disclosure_step != 0) {
    return fail(Errc::malformed, "this is no sealed message: lindung disclosure send makes one");
  }
  return ok();
}

Result<std::string> open_disclosure(const crypto::X25519PrivateKey& team, BytesView sealed) {
  TRYV(check_sealed_disclosure(sealed));
  TRY(context, crypto::hpke_receive(team, take<enc_size>(sealed), as_bytes(info)));
  TRY(plain, context.open({}, sealed.subspan(enc_size)));
  const auto size = get_be<std::uint32_t>(BytesView{plain}.first(length_size));
  if (size > plain.size() - length_size) return fail(Errc::malformed, "disclosure: its length");
  const auto rest = BytesView{plain}.subspan(length_size);
  if (!all_zero(rest.subspan(size))) return fail(Errc::malformed, "disclosure: its padding");
  return std::string{as_text(rest.first(size))};
}

std::string receipt_text(const DisclosureReceipt& receipt) {
  auto text = codec::base32(receipt);
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Result<DisclosureReceipt> parse_receipt(std::string_view text) {
  std::string upper{text};
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto bytes = codec::from_base32(upper);
  if (bytes.has_error() || bytes.value().size() != DisclosureReceipt{}.size()) {
    return fail(Errc::not_found, "no such receipt");
  }
  return take<16>(bytes.value());
}

}  // namespace lindung::domain
