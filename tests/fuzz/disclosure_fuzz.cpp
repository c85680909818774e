// What strangers send to the disclosure inbox: forms, sealed bodies, receipts; and what a spreadsheet's cell may hold.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/bytes.h"
#include "base/secret.h"
#include "codec/csv_writer.h"
#include "codec/form.h"
#include "codec/utf8.h"
#include "crypto/hpke.h"
#include "domain/disclosure.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;  // NOLINT(google-build-using-namespace): a program of one function
  const BytesView bytes{data, size};
  const auto text = as_text(bytes);
  constexpr std::size_t limit = 512;
  const auto field = codec::form_field(text, "report", limit);
  if (field.has_value() && (field.value().size() > limit || !codec::is_utf8(field.value()))) std::abort();

  static const auto team = crypto::X25519PrivateKey::from_bytes(Secret<32>{ByteArray<32>{1, 2, 3}});
  const auto opened = domain::open_disclosure(team, bytes);
  if (opened.has_value() && opened.value().size() > domain::longest_disclosure + domain::disclosure_step) std::abort();
  if (const auto receipt = domain::parse_receipt(text); receipt.has_value()) {
    const auto again = domain::parse_receipt(domain::receipt_text(receipt.value()));
    if (!again || again.value() != receipt.value()) std::abort();
  }

  // Every text without control characters comes back out of its cell.
  const auto cell = codec::without_formulas(text);
  const auto back = codec::read_without_formulas(cell);
  if (!back) std::abort();
  const bool is_plain = codec::is_utf8(text) && text.find_first_of(std::string{"\0\x01\x02\x03\x04\x05\x06\x07\x08\x0b"
                                                                               "\x0c\x0e\x0f\x10\x11\x12\x13\x14\x15"
                                                                               "\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e"
                                                                               "\x1f\x7f",
                                                                               30}) == std::string_view::npos;
  if (is_plain && back.value() != text) std::abort();
  return 0;
}
