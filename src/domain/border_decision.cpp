#include "domain/border_decision.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/border_desk.h"
#include "domain/card_claims.h"
#include "domain/travel_card.h"

namespace lindung::domain {

namespace {

constexpr std::string_view label = "lindung border decision v1";
constexpr std::uint64_t members = 17;
constexpr auto first_symptom = static_cast<unsigned>(Symptom::fever);
constexpr auto last_symptom = static_cast<unsigned>(Symptom::rash);
constexpr std::size_t longest_decision = 1024;
constexpr std::uint64_t last_moment = std::uint64_t{1} << 40U;

Bytes body_of(const BorderDecision& of) {
  codec::CborWriter writer;
  writer.array(members).text(label).text(of.device).uint(of.number).bytes(of.previous);
  writer.uint(unix_seconds(of.at)).uint(unix_seconds(of.scanned_at)).text(of.port);
  writer.bytes(of.card.bytes()).uint(of.version).uint(of.travel_date.number).uint(of.place).bytes(of.mark);
  writer.uint(static_cast<std::uint64_t>(of.verdict)).uint(of.is_override ? 1 : 0).uint(of.findings.bits());
  writer.text(of.reason);
  std::uint64_t symptoms = 0;
  for (const auto each : of.symptoms) symptoms |= std::uint64_t{1} << static_cast<unsigned>(each);
  writer.uint(symptoms);
  return std::move(writer).take();
}

Bytes signed_bytes(BytesView body) { return Message{}.text(label).u8(0).raw(body).take(); }

bool is_device(std::string_view device) {
  return !device.empty() && device.size() <= 64 && std::ranges::all_of(device, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

bool is_reason(std::string_view reason, bool is_needed) {
  if (reason.empty()) return !is_needed;
  return reason.size() >= shortest_desk_reason && reason.size() <= longest_desk_reason &&
         std::ranges::none_of(reason, [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

Result<void> check(const BorderDecision& of) {
  if (!is_device(of.device)) return fail(Errc::invalid_argument, "device");
  if (of.number == 0) return fail(Errc::invalid_argument, "number");
  if (of.port.size() != 3) return fail(Errc::invalid_argument, "port");
  if (of.verdict < DeskVerdict::admit || of.verdict > DeskVerdict::isolate) {
    return fail(Errc::invalid_argument, "verdict");
  }
  if (of.place >= most_card_persons) return fail(Errc::invalid_argument, "place");
  if ((of.findings.bits() >> desk_findings) != 0) return fail(Errc::invalid_argument, "findings");
  const bool may_say_why = of.is_override || of.verdict == DeskVerdict::isolate;
  if (!is_reason(of.reason, of.is_override) || (!may_say_why && !of.reason.empty())) {
    return fail(Errc::invalid_argument, "a reason of 3 to 200 letters, for an override or an isolation");
  }
  if ((of.verdict == DeskVerdict::isolate) != !of.symptoms.empty()) {
    return fail(Errc::invalid_argument, "whoever is isolated has a symptom at least, and nobody else");
  }
  if (needs_override(of.verdict, of.findings) && !of.is_override) {
    return fail(Errc::invalid_argument, "what was found speaks against it: an override, with a reason");
  }
  return ok();
}

Result<BorderDecision> read_body(BytesView body) {
  codec::CborReader reader{body};
  TRY(count, reader.array());
  TRY(named, reader.text());
  if (count != members || named != label) return fail(Errc::malformed, "not a decision");
  TRY(device, reader.text());
  TRY(number, reader.uint());
  TRY(previous, reader.fixed<32>());
  TRY(at, reader.uint());
  TRY(scanned_at, reader.uint());
  TRY(port, reader.text());
  TRY(card, reader.fixed<16>());
  TRY(version, reader.uint());
  TRY(travel_date, reader.uint());
  TRY(place, reader.uint());
  TRY(mark, reader.fixed<8>());
  TRY(verdict, reader.uint());
  TRY(is_override, reader.uint());
  TRY(findings, reader.uint());
  TRY(reason, reader.text());
  TRY(symptoms, reader.uint());
  TRYV(reader.end());
  if (at > last_moment || scanned_at > last_moment || verdict > 0xff || is_override > 1 || travel_date > 0xffff'ffff ||
      (symptoms & ((std::uint64_t{1} << first_symptom) - 1)) != 0 || (symptoms >> (last_symptom + 1)) != 0) {
    return fail(Errc::malformed, "a number that no decision has");
  }
  BorderDecision out{.device = std::string{device},
                     .number = number,
                     .previous = previous,
                     .at = lindung::moment_of(at),
                     .scanned_at = lindung::moment_of(scanned_at),
                     .port = std::string{port},
                     .card = CardId{card},
                     .version = version,
                     .travel_date = Day{static_cast<std::uint32_t>(travel_date)},
                     .place = place,
                     .mark = mark,
                     .verdict = static_cast<DeskVerdict>(verdict),
                     .is_override = is_override == 1,
                     .findings = DeskFindings{findings},
                     .reason = std::string{reason},
                     .symptoms = {}};
  for (unsigned i = first_symptom; i <= last_symptom; ++i) {
    if ((symptoms & (std::uint64_t{1} << i)) != 0) out.symptoms.push_back(static_cast<Symptom>(i));
  }
  return out;
}

}  // namespace

bool knew_of_others(const BorderDecision& decision) noexcept {
  const auto& found = decision.findings;
  return decision.is_override && (found.has(DeskFinding::used_here) || found.has(DeskFinding::used_elsewhere) ||
                                  found.has(DeskFinding::refused_before) || found.has(DeskFinding::isolated_before));
}

Result<SignedDecision> sign_decision(BorderDecision decision, const crypto::Ed25519PrivateKey& key) {
  TRYV(check(decision));
  auto body = body_of(decision);
  // What cannot be read back, a text that is no UTF-8, is not signed.
  if (!read_body(body)) return fail(Errc::invalid_argument, "the reason is no text");
  const auto signature = key.sign(signed_bytes(body));
  return SignedDecision{.decision = std::move(decision), .body = std::move(body), .signature = signature};
}

Bytes decision_bytes(const SignedDecision& decision) {
  return Message{}.raw(decision.body).raw(decision.signature).take();
}

Result<SignedDecision> read_decision(BytesView bytes) {
  constexpr std::size_t signature_size = 64;
  if (bytes.size() <= signature_size || bytes.size() > longest_decision) return fail(Errc::malformed, "length");
  const auto body = bytes.first(bytes.size() - signature_size);
  TRY(decision, read_body(body));
  if (const auto checked = check(decision); !checked) return fail(Errc::malformed, checked.error().detail);
  return SignedDecision{
      .decision = std::move(decision), .body = to_bytes(body), .signature = take<signature_size>(bytes.last(64))};
}

bool is_signed_by(const SignedDecision& decision, const crypto::Ed25519PublicKey& key) noexcept {
  return key.verifies(signed_bytes(decision.body), decision.signature);
}

Hash decision_hash(const SignedDecision& decision) {
  return crypto::sha256({as_bytes(label), decision.body, decision.signature});
}

Result<void> follow(DecisionRow& row, const SignedDecision& decision) {
  if (decision.decision.number != row.number + 1) {
    return fail(Errc::conflict, "a gap in the device's decisions", row.number);
  }
  if (decision.decision.previous != row.hash) {
    return fail(Errc::conflict, "the device's decisions had another past", row.number);
  }
  row = {.number = decision.decision.number, .hash = decision_hash(decision)};
  return ok();
}

std::string_view name_of(DeskConflict conflict) noexcept {
  switch (conflict) {
    case DeskConflict::none: return "none";
    case DeskConflict::admitted_twice: return "admitted-twice";
    case DeskConflict::refused_and_admitted: return "refused-and-admitted";
  }
  return "unknown";
}

DeskConflict conflict_of(std::span<const DeskPassing> passings, std::uint64_t crossings) {
  const auto was = [](DeskVerdict verdict) {
    return [verdict](const DeskPassing& each) { return each.verdict == verdict; };
  };
  // An officer who saw the other desk's verdict and overrode it made no conflict.
  const auto unaware = [](const DeskPassing& each) {
    return each.verdict == DeskVerdict::admit && !each.knew_of_others;
  };
  const auto admitted = static_cast<std::uint64_t>(std::ranges::count_if(passings, was(DeskVerdict::admit)));
  const auto plain = static_cast<std::uint64_t>(std::ranges::count_if(passings, unaware));
  if (admitted > crossings && plain > crossings) return DeskConflict::admitted_twice;
  for (const auto& refused : passings) {
    if (refused.verdict != DeskVerdict::refuse) continue;
    const bool elsewhere = std::ranges::any_of(
        passings, [&](const DeskPassing& each) { return unaware(each) && each.device != refused.device; });
    if (elsewhere) return DeskConflict::refused_and_admitted;
  }
  return DeskConflict::none;
}

}  // namespace lindung::domain
