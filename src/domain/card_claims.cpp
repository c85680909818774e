#include "domain/card_claims.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/digest.h"

namespace lindung::domain {

namespace {

constexpr std::uint32_t latest_birth = 9999;

bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

bool is_zone_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_card_name && name.front() != '<' && name.back() != '<' &&
         std::ranges::all_of(name, [](char c) { return is_letter(c) || c == '<'; });
}

bool is_tail(std::string_view tail) {
  return !tail.empty() && tail.size() <= longest_document_tail &&
         std::ranges::all_of(tail, [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

std::string_view name_of(CardKind kind) noexcept {
  switch (kind) {
    case CardKind::domestic: return "domestic";
    case CardKind::arrival: return "arrival";
    case CardKind::departure: return "departure";
  }
  return "unknown";
}

std::string_view name_of(CardFitness fitness) noexcept {
  switch (fitness) {
    case CardFitness::fit: return "fit";
    case CardFitness::fit_with_test: return "fit-with-test";
    case CardFitness::not_fit: return "not-fit";
  }
  return "unknown";
}

Result<void> check_card(const CardClaims& claims) {
  if (claims.version == 0) return fail(Errc::invalid_argument, "version");
  if (claims.kind > CardKind::departure) return fail(Errc::invalid_argument, "kind");
  if (claims.port.size() != 3 || !std::ranges::all_of(claims.port, is_letter)) {
    return fail(Errc::invalid_argument, "port");
  }
  if (claims.valid_until <= claims.valid_from) return fail(Errc::invalid_argument, "valid");
  if (claims.fitness > CardFitness::not_fit) return fail(Errc::invalid_argument, "fitness");
  if (claims.crossings == 0 || claims.crossings > most_crossings) return fail(Errc::invalid_argument, "crossings");
  if (claims.persons.empty() || claims.persons.size() > most_card_persons) {
    return fail(Errc::invalid_argument, "persons");
  }
  for (const auto& each : claims.persons) {
    if (!is_zone_name(each.name)) return fail(Errc::invalid_argument, "name");
    if (!is_tail(each.document_tail)) return fail(Errc::invalid_argument, "document");
    if (each.birth_year > latest_birth) return fail(Errc::invalid_argument, "birth year");
  }
  return ok();
}

DocumentMark document_mark(const Secret<32>& key, const CardId& card, std::string_view number) {
  const auto mac =
      crypto::hmac_sha256(key.view(), {as_bytes("lindung card document v1"), card.bytes(), as_bytes(number)});
  return take<8>(mac);
}

std::string document_tail(std::string_view number) {
  return std::string{number.substr(number.size() - std::min(number.size(), longest_document_tail))};
}

}  // namespace lindung::domain
