// What the code of a travel health card says: as little as a border officer needs, and no health fact.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace lindung::domain {

using CardId = Id<struct CardIdTag, ByteArray<16>>;  // random

enum class CardKind : std::uint8_t { domestic = 0, arrival = 1, departure = 2 };
enum class CardFitness : std::uint8_t { fit = 0, fit_with_test = 1, not_fit = 2 };

[[nodiscard]] std::string_view name_of(CardKind kind) noexcept;        // "arrival"
[[nodiscard]] std::string_view name_of(CardFitness fitness) noexcept;  // "fit-with-test"

// The digest of a whole document number under a key of its travel date.
using DocumentMark = ByteArray<8>;

inline constexpr std::size_t most_card_persons = 12;
inline constexpr std::size_t longest_card_name = 39;  // as in a machine-readable passport
inline constexpr std::size_t longest_document_tail = 4;
inline constexpr std::uint64_t most_crossings = 9;

// Privacy: names a person.
struct CardPerson {
  std::string name;           // as in the zone: "ERIKSSON<<ANNA<MARIA"
  std::string document_tail;  // the last four characters of the document's number
  DocumentMark mark{};
  std::uint32_t birth_year{};  // 0: not known
  bool is_child{};
  friend bool operator==(const CardPerson&, const CardPerson&) = default;
};

// Privacy: personal data of a whole party.
struct CardClaims {
  CardId id;
  std::uint64_t version{1};  // a change of the card makes the next one
  CardKind kind{};
  std::string port;  // three letters, IATA: where the card is shown
  Day travel_date;
  Moment valid_from;
  Moment valid_until;
  CardFitness fitness{};
  std::uint64_t crossings{1};  // of each person
  std::vector<CardPerson> persons;
};

// Errors: invalid_argument with the member that is not of a card.
[[nodiscard]] Result<void> check_card(const CardClaims& claims);

// A number of nine characters behind a salt that lies beside it would be found in seconds: the key is what the code's
// reader lacks. It goes to the server's own devices for a date, and ends with that date's key.
// Shape: `number` of A-Z and 0-9 as in the zone, without fillers.
[[nodiscard]] DocumentMark document_mark(const Secret<32>& key, const CardId& card, std::string_view number);
// The last four characters, or fewer where there are not more than four of them.
[[nodiscard]] std::string document_tail(std::string_view number);

}  // namespace lindung::domain
