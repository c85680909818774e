// What a border desk decides about one person on a verified card: what speaks against it, and which verdicts need an
// officer's override with a reason. Pure: what is known of withdrawals and crossings comes in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "domain/card_claims.h"
#include "domain/mrz.h"

namespace lindung::domain {

// The numbers stand in signed decisions.
enum class DeskVerdict : std::uint8_t { admit = 1, test = 2, refuse = 3, isolate = 4 };

// What an officer is told; the numbers are bits in signed decisions.
enum class DeskFinding : std::uint8_t {
  wrong_port = 0,
  wrong_day = 1,
  withdrawn = 2,
  superseded = 3,       // a newer version of the card is known
  used_here = 4,        // as often as the card allows, on this device
  used_elsewhere = 5,   // or on others, as far as this device has heard
  refused_before = 6,   // at any desk
  isolated_before = 7,  // at any desk
  needs_test = 8,
  not_fit = 9,
  document_differs = 10,  // the document that was read is not the one on the card
  name_differs = 11,
  birth_differs = 12,
  document_ended = 13,
  document_unchecked = 14,  // no key of the date: the number was compared by its last four characters only
  list_old = 15,            // nothing was heard of the server for longer than a day
};
inline constexpr std::size_t desk_findings = 16;

[[nodiscard]] std::string_view name_of(DeskVerdict verdict) noexcept;  // "admit"
[[nodiscard]] std::string_view name_of(DeskFinding finding) noexcept;  // "wrong-port"
// Errors: invalid_argument for another word.
[[nodiscard]] Result<DeskVerdict> parse_desk_verdict(std::string_view text);

// A set of findings, in the order of their numbers.
class DeskFindings {
 public:
  DeskFindings() = default;
  explicit DeskFindings(std::uint64_t bits) noexcept : bits_{bits} {}
  void add(DeskFinding finding) noexcept { bits_ |= std::uint64_t{1} << static_cast<unsigned>(finding); }
  [[nodiscard]] bool has(DeskFinding finding) const noexcept {
    return (bits_ & (std::uint64_t{1} << static_cast<unsigned>(finding))) != 0;
  }
  [[nodiscard]] std::uint64_t bits() const noexcept { return bits_; }
  // Whether one of them stands against an admission: all but those that only say how much was checked.
  [[nodiscard]] bool stand_against() const noexcept;
  [[nodiscard]] std::vector<DeskFinding> list() const;

 private:
  std::uint64_t bits_{};
};

// What was decided before about the same person on the same card.
struct KnownPassing {
  DeskVerdict verdict{};
  bool is_here{};  // on this device
};

// What a desk knows at the moment of a scan.
struct DeskView {
  std::string_view port;
  Moment at;
  bool is_withdrawn{};
  std::uint64_t newest_version{};      // 0: none heard of
  std::optional<Moment> list_made_at;  // none: the server was never heard of
};

[[nodiscard]] DeskFindings card_findings(const CardClaims& claims, const DeskView& view);
[[nodiscard]] DeskFindings passing_findings(const CardClaims& claims, std::span<const KnownPassing> known);
// The document in the officer's hand against the person on the card. `key`: of the card's date; none: not known.
[[nodiscard]] DeskFindings document_findings(const CardClaims& claims, const CardPerson& person, const TravelZone& zone,
                                             const std::optional<Secret<32>>& key, Moment at);
// The person whose document it is, by the mark or, without a key, by the last four characters; none: nobody's.
[[nodiscard]] std::optional<std::size_t> person_of_document(const CardClaims& claims, const TravelZone& zone,
                                                            const std::optional<Secret<32>>& key);

// Whether a verdict goes against what was found: an admission against a finding (a test first where one is needed), a
// refusal or a test without one. To isolate somebody who is ill needs no other finding.
[[nodiscard]] bool needs_override(DeskVerdict verdict, DeskFindings findings) noexcept;

}  // namespace lindung::domain
