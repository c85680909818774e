#include "service/legal_requests.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/utf8.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "domain/legal_basis.h"
#include "domain/rule_set.h"
#include "log/entry.h"
#include "service/legal_answers.h"
#include "service/legal_rows.h"
#include "service/logged_unit.h"
#include "service/notices.h"
#include "service/override_counts.h"
#include "service/partners.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::array<std::string_view, 4> questions{"colour-on", "visited", "linked", "certificate-genuine"};
constexpr std::array<std::string_view, 3> states{"asked", "granted", "refused"};
constexpr std::size_t longest_line = 200;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

// The log commits to the whole request, under a salt that stands in the sealed row only.
Result<std::uint64_t> note(LoggedUnit& unit, std::string_view action, const LegalRequest& request,
                           const CommandDigest& command) {
  const auto commitment = crypto::hmac_sha256(
      request.salt, {as_bytes(action), BytesView{command}, request.id.bytes(), BytesView{encode_request(request)}});
  return unit.log(log::OfficerEntry{
      .at = unit.now(), .action = std::string{action}, .officer_key_digest = {}, .case_digest = commitment});
}

struct Counted {
  std::int64_t granted{};
  std::int64_t refused{};
  std::int64_t told{};
};
Result<void> count(LoggedUnit& unit, const LegalRequest& request, const Counted& more) {
  const auto month = month_of(unit.now());
  TRYV(unit.transaction().run(
      store::Sql{"INSERT INTO legal_count (month, basis, granted, refused, told) VALUES ($1, $2, $3, $4, $5) "
                 "ON CONFLICT (month, basis) DO UPDATE SET granted = legal_count.granted + excluded.granted, "
                 "refused = legal_count.refused + excluded.refused, told = legal_count.told + excluded.told"},
      {std::string_view{month}, std::string_view{request.wish.basis}, more.granted, more.refused, more.told}));
  return ok();
}

bool is_line(std::string_view text) {
  return !text.empty() && text.size() <= longest_line && codec::is_utf8(text) &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

Result<void> check_about(const LegalWish& wish) {
  ByteArray<16> venue{};
  Hash digest{};
  switch (wish.question) {
    case LegalQuestion::colour_on:
      if (!wish.about.empty()) return fail(Errc::invalid_argument, "colour-on is about nothing else");
      return ok();
    case LegalQuestion::visited:
      if (codec::from_hex(wish.about, venue).has_error()) return fail(Errc::invalid_argument, "one venue is needed");
      return ok();
    case LegalQuestion::linked:
      if (wish.about.empty() || wish.about.size() > 32) return fail(Errc::invalid_argument, "one partner is needed");
      return ok();
    case LegalQuestion::certificate_genuine:
      if (codec::from_hex(wish.about, digest).has_error()) {
        return fail(Errc::invalid_argument, "the digest of one certificate is needed");
      }
      return ok();
  }
  return fail(Errc::invalid_argument, "question");
}

Result<void> check(const LegalWish& wish, Moment now) {
  TRYV(domain::find_request_basis(wish.basis));
  for (const auto& [name, line] : {std::pair{"authority", &wish.authority}, std::pair{"role", &wish.role},
                                   std::pair{"reference", &wish.reference}}) {
    if (!is_line(*line)) return fail(Errc::invalid_argument, std::string{name} + ": one line of 1 to 200 bytes");
  }
  TRYV(check_about(wish));
  const bool is_about_somebody = wish.question != LegalQuestion::certificate_genuine;
  if (is_about_somebody != wish.citizen.has_value()) {
    return fail(Errc::invalid_argument, is_about_somebody ? "a person is needed" : "this question is about nobody");
  }
  if (wish.from > now || wish.until > now) return fail(Errc::invalid_argument, "nobody knows what will be");
  if (wish.until < wish.from || wish.until - wish.from > longest_legal_range) {
    return fail(Errc::invalid_argument, "a range of at most 31 days is needed");
  }
  if (!wish.told_on) return ok();
  if (!is_line(wish.because)) return fail(Errc::invalid_argument, "because: why is the person not told at once?");
  if (*wish.told_on <= now || *wish.told_on - now > longest_silence) {
    return fail(Errc::invalid_argument, "the day of telling is ahead, by two years at most");
  }
  return ok();
}

domain::Text notice_text(const LegalRequest& request) {
  const auto basis = domain::find_request_basis(request.wish.basis);
  const auto* found = basis.has_value() ? basis.value() : nullptr;
  const auto day = rfc3339(request.decided_at.value_or(request.asked_at)).substr(0, 10);
  const std::string what{name_of(request.wish.question)};
  return {.id = "Pada " + day + " satu pertanyaan tentang Anda (" + what + ") dijawab kepada " +
                request.wish.authority + ", berdasarkan " + (found == nullptr ? "" : found->name.id) + " (" +
                (found == nullptr ? "" : found->source) +
                "). Dua petugas menyetujuinya. Anda dapat mengajukan keberatan.",
          .en = "On " + day + " one question about you (" + what + ") was answered to " + request.wish.authority +
                ", on the basis of " + (found == nullptr ? "" : found->name.en) + " (" +
                (found == nullptr ? "" : found->source) + "). Two officers agreed. You may object."};
}

// The notice, the count and the entry; a person who was erased since is told nothing.
Result<void> tell(LoggedUnit& unit, const Platform& platform, LegalRequest& request) {
  TRYV(unit.transaction().run(store::Sql{"DELETE FROM legal_due WHERE request_id = $1"}, {request.id.bytes()}));
  auto written = put_notice(unit.transaction(), platform.ring, *request.wish.citizen, NoticeKind::legal_request,
                            notice_text(request), unit.now());
  if (written.has_error() && written.error().code == Errc::not_found) return ok();
  TRYV(written);
  request.told_at = unit.now();
  TRYV(count(unit, request, {.told = 1}));
  TRY(index, note(unit, "legal.told", request, {}));
  return put_request(unit.transaction(), platform.ring, request, index);
}

Result<LegalRequest> read_undecided(LoggedUnit& unit, const Platform& platform, const LegalRequestId& id) {
  TRY(request, read_request(unit.transaction(), platform.ring, id));
  if (request.state != LegalState::asked) return fail(Errc::conflict, "this request was decided");
  return request;
}

std::optional<std::uint64_t> shown(std::int64_t number) {
  const auto value = static_cast<std::uint64_t>(number);
  return value > 0 && value < fewest_requests_told ? std::nullopt : std::optional{value};
}

}  // namespace

std::string_view name_of(LegalQuestion question) noexcept {
  return questions.at(static_cast<std::size_t>(question) - 1);
}

Result<LegalQuestion> parse_legal_question(std::string_view name) {
  const auto* const found = std::ranges::find(questions, name);
  if (found == questions.end()) {
    return fail(Errc::invalid_argument, "question: colour-on, visited, linked or certificate-genuine");
  }
  return static_cast<LegalQuestion>(found - questions.begin() + 1);
}

std::string_view name_of(LegalState state) noexcept { return states.at(static_cast<std::size_t>(state) - 1); }

Result<LegalRequest> ask_legally(const Platform& platform, const LegalWish& wish, const CommandDigest& command) {
  const LegalRequest fresh{.id = LegalRequestId{crypto::random_bytes<16>()},
                           .wish = wish,
                           .state = LegalState::asked,
                           .asked_at = {},
                           .decided_at = {},
                           .told_at = {},
                           .answer = {},
                           .reason = {},
                           .salt = crypto::random_bytes<32>()};
  auto request = fresh;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    request = fresh;
    request.asked_at = unit.now();
    TRYV(check(wish, unit.now()));
    if (wish.citizen) {
      TRYV(open_person(unit.transaction(), platform.ring, *wish.citizen));
    }
    TRY(index, note(unit, "legal.asked", request, command));
    return put_request(unit.transaction(), platform.ring, request, index);
  }));
  return request;
}

Result<LegalRequest> grant_request(const Platform& platform, const LegalRequestId& id, const CommandDigest& command) {
  TRY(known, find_request(platform, id));
  if (known.state != LegalState::asked) return fail(Errc::conflict, "this request was decided");
  TRY(answer, answer_legally(platform, known.wish));
  LegalRequest request;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    BOOST_OUTCOME_TRY(request, read_undecided(unit, platform, id));
    request.state = LegalState::granted;
    request.decided_at = unit.now();
    request.answer = answer;
    TRYV(count(unit, request, {.granted = 1}));
    TRY(index, note(unit, "legal.granted", request, command));
    TRYV(put_request(unit.transaction(), platform.ring, request, index));
    if (!request.wish.citizen) return ok();
    if (!request.wish.told_on) return tell(unit, platform, request);
    TRYV(unit.transaction().run(store::Sql{"INSERT INTO legal_due (request_id, due_at) VALUES ($1, $2)"},
                                {id.bytes(), as_int(*request.wish.told_on)}));
    return ok();
  }));
  return request;
}

Result<LegalRequest> refuse_request(const Platform& platform, const LegalRequestId& id, const std::string& reason,
                                    const CommandDigest& command) {
  if (!is_line(reason)) return fail(Errc::invalid_argument, "reason: one line of 1 to 200 bytes");
  LegalRequest request;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    BOOST_OUTCOME_TRY(request, read_undecided(unit, platform, id));
    request.state = LegalState::refused;
    request.decided_at = unit.now();
    request.reason = reason;
    TRYV(count(unit, request, {.refused = 1}));
    TRY(index, note(unit, "legal.refused", request, command));
    return put_request(unit.transaction(), platform.ring, request, index);
  }));
  return request;
}

Result<LegalRequest> tell_of_request(const Platform& platform, const LegalRequestId& id) {
  LegalRequest request;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    BOOST_OUTCOME_TRY(request, read_request(unit.transaction(), platform.ring, id));
    if (request.told_at) return ok();
    if (request.state != LegalState::granted)
      return fail(Errc::conflict, "nothing was answered: there is nothing to tell");
    if (!request.wish.citizen) return fail(Errc::conflict, "this request is about nobody");
    return tell(unit, platform, request);
  }));
  request.answer.clear();
  return request;
}

Result<void> tell_due_requests(const Platform& platform) {
  std::vector<LegalRequestId> due;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    due.clear();
    TRYV(transaction.run(store::Sql{"SELECT request_id FROM legal_due WHERE due_at <= $1 ORDER BY due_at, request_id"},
                         {as_int(platform.clock.now())},
                         [&](const store::Row& row) { due.emplace_back(take<16>(row.bytes(0))); }));
    return ok();
  }));
  for (const auto& id : due) {
    TRYV(tell_of_request(platform, id));
  }
  return ok();
}

Result<std::vector<LegalRequest>> list_requests(const Platform& platform) {
  std::vector<LegalRequestId> ids;
  std::vector<LegalRequest> requests;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    ids.clear();
    requests.clear();
    TRYV(transaction.run(store::Sql{"SELECT request_id FROM legal_request ORDER BY at DESC, request_id"}, {},
                         [&](const store::Row& row) { ids.emplace_back(take<16>(row.bytes(0))); }));
    for (const auto& id : ids) {
      TRY(request, read_request(transaction, platform.ring, id));
      request.answer.clear();
      requests.push_back(std::move(request));
    }
    return ok();
  }));
  return requests;
}

Result<LegalRequest> find_request(const Platform& platform, const LegalRequestId& id) {
  LegalRequest request;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    BOOST_OUTCOME_TRY(request, read_request(transaction, platform.ring, id));
    request.answer.clear();
    return ok();
  }));
  return request;
}

Result<std::vector<LegalCount>> legal_figures(const Platform& platform) {
  std::vector<LegalCount> counts;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    counts.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT month, basis, granted, refused, told FROM legal_count ORDER BY month, basis"}, {},
        [&](const store::Row& row) {
          counts.push_back({.month = std::string{row.text(0)},
                            .basis = std::string{row.text(1)},
                            .granted = shown(row.integer(2)),
                            .refused = shown(row.integer(3)),
                            .told = shown(row.integer(4))});
        }));
    return ok();
  }));
  return counts;
}

}  // namespace lindung::service
