#include "domain/record.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/cbor.h"
#include "crypto/digest.h"

namespace lindung::domain {

namespace json = boost::json;

namespace {

constexpr std::uint64_t version = 1;
constexpr std::uint64_t head_items = 6;  // version, id, issuer, batch, entered at, kind
constexpr std::size_t max_text = 64;     // of a code or a lot
constexpr std::uint64_t max_dose = 99;
// Moments are stored plus one, so that 0 can say "none".
constexpr std::uint64_t max_moment = (std::uint64_t{1} << 62U);

template <class... F>
struct Match : F... {
  using F::operator()...;
};

std::uint64_t items_of(const Fact& fact) {
  return head_items +
         std::visit(
             Match{[](const Vaccination&) { return std::uint64_t{5}; }, [](const Test&) { return std::uint64_t{3}; },
                   [](const Recovery&) { return std::uint64_t{2}; }, [](const Exemption&) { return std::uint64_t{2}; },
                   [](const Contact&) { return std::uint64_t{1}; }},
             fact);
}

std::uint64_t optional_moment(const std::optional<Moment>& at) { return at ? unix_seconds(*at) + 1 : 0; }

// The content alone: equal bytes are the same fact, whoever entered it.
void write_fact(codec::CborWriter& out, const Fact& fact) {
  out.uint(static_cast<std::uint64_t>(kind_of(fact)));
  out.uint(unix_seconds(moment_of(fact)));
  std::visit(Match{[&](const Vaccination& v) { out.text(v.vaccine).text(v.series).uint(v.dose).text(v.lot); },
                   [&](const Test& t) {
                     out.uint(static_cast<std::uint64_t>(t.kind)).uint(static_cast<std::uint64_t>(t.result));
                   },
                   [&](const Recovery& r) { out.uint(optional_moment(r.until)); },
                   [&](const Exemption& e) { out.uint(optional_moment(e.until)); }, [](const Contact&) {}},
             fact);
}

Result<Moment> read_moment(codec::CborReader& in) {
  TRY(value, in.uint());
  if (value > max_moment) return fail(Errc::malformed, "record: a moment out of range");
  return lindung::moment_of(value);
}

Result<std::optional<Moment>> read_optional_moment(codec::CborReader& in) {
  TRY(value, in.uint());
  if (value > max_moment) return fail(Errc::malformed, "record: a moment out of range");
  if (value == 0) return std::optional<Moment>{};
  return std::optional<Moment>{lindung::moment_of(value - 1)};
}

Result<std::string> read_text(codec::CborReader& in) {
  TRY(text, in.text());
  if (text.size() > max_text) return fail(Errc::malformed, "record: a text over 64 bytes");
  return std::string{text};
}

template <class Enum>
Result<Enum> read_enum(codec::CborReader& in, Enum last) {
  TRY(value, in.uint());
  if (value == 0 || value > static_cast<std::uint64_t>(last)) return fail(Errc::malformed, "record: unknown number");
  return static_cast<Enum>(value);
}

Result<Fact> read_fact(codec::CborReader& in) {
  TRY(kind, read_enum(in, RecordKind::contact));
  TRY(at, read_moment(in));
  switch (kind) {
    case RecordKind::vaccination: {
      TRY(vaccine, read_text(in));
      TRY(series, read_text(in));
      TRY(dose, in.uint());
      TRY(lot, read_text(in));
      if (dose > max_dose) return fail(Errc::malformed, "record: a dose over 99");
      return Fact{Vaccination{.at = at,
                              .vaccine = std::move(vaccine),
                              .series = std::move(series),
                              .dose = static_cast<std::uint32_t>(dose),
                              .lot = std::move(lot)}};
    }
    case RecordKind::test: {
      TRY(test_kind, read_enum(in, TestKind::antibody));
      TRY(result, read_enum(in, TestResult::indeterminate));
      return Fact{Test{.at = at, .kind = test_kind, .result = result}};
    }
    case RecordKind::recovery: {
      TRY(until, read_optional_moment(in));
      return Fact{Recovery{.at = at, .until = until}};
    }
    case RecordKind::exemption: {
      TRY(until, read_optional_moment(in));
      return Fact{Exemption{.at = at, .until = until}};
    }
    case RecordKind::contact: break;
  }
  return Fact{Contact{.at = at}};
}

// One fact as the rules see it.
struct Seen {
  const Record* record;
  Bytes content;
};

json::value until_text(const std::optional<Moment>& until) {
  // Parentheses: with braces Boost.JSON would make a list of one.
  return until ? json::value(rfc3339(*until)) : json::value(nullptr);
}

json::object common(const Record& record) {
  return {{"id", codec::hex(record.id.bytes())}, {"at", rfc3339(moment_of(record.fact))}};
}

// Each fact once, ordered by moment and id.
std::vector<Seen> each_once(std::span<const Record> records) {
  std::vector<Seen> seen;
  seen.reserve(records.size());
  for (const auto& record : records) {
    codec::CborWriter content;
    write_fact(content, record.fact);
    seen.push_back({.record = &record, .content = std::move(content).take()});
  }
  std::ranges::sort(seen, [](const Seen& a, const Seen& b) {
    return std::tie(a.content, a.record->id) < std::tie(b.content, b.record->id);
  });
  const auto repeated = std::ranges::unique(seen, std::ranges::equal_to{}, &Seen::content);
  seen.erase(repeated.begin(), repeated.end());
  std::ranges::sort(seen, [](const Seen& a, const Seen& b) {
    return std::pair{moment_of(a.record->fact), a.record->id} < std::pair{moment_of(b.record->fact), b.record->id};
  });
  return seen;
}

// Days of each series, oldest first: the rank of a dose's day is its number where the issuer gave none.
using SeriesDays = std::map<std::string_view, std::set<Day>>;

std::int64_t dose_number(const Vaccination& dose, const SeriesDays& days) {
  if (dose.dose != 0) return dose.dose;
  const auto& of_series = days.at(dose.series);
  return 1 + std::distance(of_series.begin(), of_series.find(day_of(dose.at)));
}

template <std::size_t N>
ByteArray<N> front(const Hash& hash) {
  return take<N>(hash);
}

}  // namespace

RecordKind kind_of(const Fact& fact) noexcept { return static_cast<RecordKind>(fact.index() + 1); }

Moment moment_of(const Fact& fact) noexcept {
  return std::visit([](const auto& each) { return each.at; }, fact);
}

std::string_view name_of(RecordKind kind) noexcept {
  constexpr std::array names{"vaccination", "test", "recovery", "exemption", "contact"};
  return names[static_cast<std::size_t>(kind) - 1];
}

std::string_view name_of(TestKind kind) noexcept {
  constexpr std::array names{"naat", "antigen", "antibody"};
  return names[static_cast<std::size_t>(kind) - 1];
}

std::string_view name_of(TestResult result) noexcept {
  constexpr std::array names{"negative", "positive", "indeterminate"};
  return names[static_cast<std::size_t>(result) - 1];
}

Bytes encode(const Record& record) {
  codec::CborWriter out;
  out.array(items_of(record.fact)).uint(version).bytes(record.id.bytes()).text(record.issuer.value());
  out.bytes(record.batch.bytes()).uint(unix_seconds(record.entered_at));
  write_fact(out, record.fact);
  return std::move(out).take();
}

Result<Record> decode_record(BytesView stored) {
  codec::CborReader in{stored};
  TRY(items, in.array());
  TRY(written_version, in.uint());
  if (written_version != version) return fail(Errc::malformed, "record: unknown version");
  Record record;
  TRY(id, in.fixed<16>());
  TRY(issuer, read_text(in));
  TRY(batch, in.fixed<16>());
  TRY(entered_at, read_moment(in));
  TRY(fact, read_fact(in));
  TRYV(in.end());
  if (items != items_of(fact)) return fail(Errc::malformed, "record: a wrong number of fields");
  return Record{.id = RecordId{id},
                .issuer = IssuerId{std::move(issuer)},
                .batch = BatchId{batch},
                .entered_at = entered_at,
                .fact = std::move(fact)};
}

json::value to_json(std::span<const Record> records) {
  const auto seen = each_once(records);
  SeriesDays days;
  for (const auto& [record, content] : seen) {
    if (const auto* dose = std::get_if<Vaccination>(&record->fact)) days[dose->series].insert(day_of(dose->at));
  }
  json::array vaccinations;
  json::array tests;
  json::array recoveries;
  json::array exemptions;
  json::array contacts;
  for (const auto& [record, content] : seen) {
    json::object each = common(*record);
    std::visit(Match{[&](const Vaccination& dose) {
                       each["vaccine"] = dose.vaccine;
                       each["series"] = dose.series;
                       each["dose"] = dose_number(dose, days);
                       vaccinations.emplace_back(std::move(each));
                     },
                     [&](const Test& test) {
                       each["kind"] = name_of(test.kind);
                       each["result"] = name_of(test.result);
                       tests.emplace_back(std::move(each));
                     },
                     [&](const Recovery& recovery) {
                       each["until"] = until_text(recovery.until);
                       recoveries.emplace_back(std::move(each));
                     },
                     [&](const Exemption& exemption) {
                       each["until"] = until_text(exemption.until);
                       exemptions.emplace_back(std::move(each));
                     },
                     [&](const Contact&) { contacts.emplace_back(std::move(each)); }},
               record->fact);
  }
  return json::object{{"vaccinations", std::move(vaccinations)},
                      {"tests", std::move(tests)},
                      {"recoveries", std::move(recoveries)},
                      {"exemptions", std::move(exemptions)},
                      {"contacts", std::move(contacts)}};
}

BatchId batch_id(const IssuerId& issuer, std::string_view import_id) {
  Message message;
  message.text("lindung batch v1").u8(0);
  message.be(static_cast<std::uint32_t>(issuer.value().size())).text(issuer.value()).text(import_id);
  return BatchId{front<16>(crypto::sha256(message.view()))};
}

RecordId record_id(const BatchId& batch, std::string_view resource) {
  constexpr ByteArray<1> separator{0};
  return RecordId{
      front<16>(crypto::sha256({as_bytes("lindung record v1"), separator, batch.bytes(), as_bytes(resource)}))};
}

}  // namespace lindung::domain
