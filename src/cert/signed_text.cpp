#include "cert/signed_text.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "cert/cose_sign1.h"
#include "cert/cwt.h"
#include "cert/dcc_content.h"
#include "cert/hc1.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/shc_card.h"
#include "cert/shc_text.h"
#include "cert/step.h"
#include "cert/verdict.h"

namespace lindung::cert {
namespace {

constexpr std::int64_t claim_hcert = -260;
constexpr std::int64_t subclaim_dcc = 1;

std::string uvci_of(const Cwt& claims) {
  const auto hcert = claims.claims().find(claim_hcert);
  const auto dcc = hcert ? hcert->find(subclaim_dcc) : std::nullopt;
  if (!dcc) return {};
  auto content = check_dcc_schema(*dcc);
  return content ? std::move(content.value().uci) : std::string{};
}

Checked<SignedText> read_hc1(std::string_view text) {
  TRY(base45_text, without_hc1_prefix(text));
  TRY(compressed, hc1_bytes(base45_text));
  TRY(bytes, hc1_message(compressed));
  TRY(message, CoseSign1::read(bytes));
  TRY(claims, Cwt::read(message.payload(), Step::cose));
  return SignedText{.format = Format::hc1,
                    .kid = message.kid().value_or(Bytes{}),
                    .signed_bytes = message.signed_bytes(),
                    .name = uvci_of(claims)};
}

Checked<SignedText> read_shc(std::string_view text) {
  TRY(messages, card_messages(text));
  TRY(card, read_card(messages.front()));
  TRY(claims, read_card_claims(card.claims()));
  return SignedText{.format = Format::shc,
                    .kid = to_bytes(as_bytes(card.kid)),
                    .signed_bytes = to_bytes(as_bytes(card.signed_text)),
                    .name = std::move(claims.rid)};
}

}  // namespace

Checked<SignedText> read_signed_text(std::string_view text) {
  if (text.size() > longest_text) return refuse(Step::prefix, Reason::too_long);
  if (text.starts_with(hc1_prefix)) return read_hc1(text);
  if (looks_like_shc(text)) return read_shc(text);
  return refuse(Step::prefix, Reason::unsupported_format);
}

}  // namespace lindung::cert
