#include "service/rule_impact.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/derive.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "domain/record.h"
#include "domain/rule_document.h"
#include "domain/rule_impact.h"
#include "domain/rule_set.h"
#include "domain/timeline.h"
#include "service/hand_rows.h"
#include "service/install.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/rule_sets.h"
#include "store/database.h"
#include "store/log_head.h"

namespace lindung::service {

namespace {

using std::chrono::days;

constexpr std::size_t citizens_a_read = 100;
constexpr std::size_t reads_a_part = 10;

constexpr store::Sql next_citizens{
    "SELECT citizen_ref FROM citizen WHERE citizen_ref > $1 ORDER BY citizen_ref LIMIT $2"};

// One citizen's place in the tables. Privacy: lives while the citizen is counted.
struct Groups {
  std::size_t province{};
  std::size_t age{};
};

std::size_t province_place(std::string_view code) {
  const auto all = domain::provinces();
  const auto found = std::ranges::find(all, code, &domain::Province::code);
  return static_cast<std::size_t>(found - all.begin());  // the one behind the last: unknown
}

Groups groups_of(const KeptIdentity& identity, Moment now) {
  auto birth = identity.birth;
  std::string_view province;
  const auto nik = domain::parse_nik(identity.nik);
  if (nik.has_value()) {
    province = std::string_view{identity.nik}.substr(0, 2);
    const auto date = nik.value().birth_date(now);
    if (!birth) {
      birth = domain::PartialDate{.year = static_cast<int>(date.year()),
                                  .month = static_cast<unsigned>(date.month()),
                                  .day = static_cast<unsigned>(date.day())};
    }
  }
  return {.province = province_place(province), .age = domain::age_band(birth, now)};
}

}  // namespace

// One computation: the candidate, where it stands, and the counts. Used by one thread at a time.
class ImpactRun {
 public:
  ImpactRun(domain::RuleSet rules, std::string active, std::uint64_t generation, Moment from, std::uint64_t count)
      : rules_{std::move(rules)},
        assessor_{rules_},
        active_{std::move(active)},
        generation_{generation},
        days_(count + 1),
        id_{crypto::random_bytes<16>()} {
    for (std::size_t i = 0; i < days_.size(); ++i) {
      days_[i].at = from + days{static_cast<std::int64_t>(i)};
      days_[i].provinces.resize(domain::provinces().size() + 1);
      days_[i].ages.resize(domain::age_bands.size());
    }
  }

  [[nodiscard]] const ByteArray<16>& id() const noexcept { return id_; }

  Result<ImpactPart> go_on(const Platform& platform) {
    const std::scoped_lock one_at_a_time{mutex_};
    TRY(dummy, load_dummy(platform.database));
    for (std::size_t i = 0; i < reads_a_part; ++i) {
      TRY(is_more, read_some(platform, dummy.citizen));
      if (!is_more) return ImpactPart{.citizens = citizens_, .finished = finish()};
    }
    return ImpactPart{.citizens = citizens_, .finished = {}};
  }

 private:
  struct Day {
    Moment at;
    domain::MoveCounts total{};
    std::vector<domain::MoveCounts> provinces;
    std::vector<domain::MoveCounts> ages;
  };
  // What one citizen adds: a move for each day.
  struct Seen {
    Groups groups;
    std::vector<std::optional<std::size_t>> moves;
  };

  // False at the end. Counts behind the transaction: a read that is made again counts nobody twice.
  Result<bool> read_some(const Platform& platform, const CitizenRef& dummy) {
    std::vector<CitizenRef> refs;
    std::vector<Seen> seen;
    TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
      refs.clear();
      seen.clear();
      TRY(serving, store::read_timeline_generation(transaction));
      if (serving != generation_) return fail(Errc::conflict, "other rules came into force: ask for the impact again");
      TRYV(transaction.run(next_citizens,
                           {last_ ? last_->bytes() : BytesView{}, static_cast<std::int64_t>(citizens_a_read)},
                           [&](const store::Row& row) { refs.emplace_back(take<16>(row.bytes(0))); }));
      for (const auto& ref : refs) {
        if (ref == dummy) continue;
        TRY(one, look_at(transaction, platform, ref));
        if (one) seen.push_back(std::move(*one));
      }
      return ok();
    }));
    for (const auto& one : seen) count(one);
    if (!refs.empty()) last_ = refs.back();
    return refs.size() == citizens_a_read;
  }

  // None for a citizen whose rows were erased.
  Result<std::optional<Seen>> look_at(store::Transaction& transaction, const Platform& platform,
                                      const CitizenRef& ref) {
    TRY(person, open_person(transaction, platform.ring, ref));
    const auto active = read_timeline(transaction, person, generation_);
    if (active.has_error() && active.error().code == Errc::not_found) return std::optional<Seen>{};
    if (active.has_error()) return active.error();
    TRY(identity, read_identity(transaction, person));
    TRY(records, read_records(transaction, person));
    TRY(hands, read_hands(transaction, person));
    assessor_.load(domain::to_json(records), hands_of(hands));
    TRY(candidate, domain::derive_timeline(assessor_, days_.front().at, days_.back().at + days{1}));
    Seen seen{.groups = groups_of(identity, days_.front().at), .moves = {}};
    seen.moves.reserve(days_.size());
    for (const auto& day : days_) {
      seen.moves.push_back(
          domain::place_of({.from = active.value().at(day.at).colour, .to = candidate.at(day.at).colour}));
    }
    return std::optional{std::move(seen)};
  }

  void count(const Seen& seen) {
    ++citizens_;
    for (std::size_t i = 0; i < days_.size(); ++i) {
      if (!seen.moves[i]) continue;
      ++days_[i].total[*seen.moves[i]];
      ++days_[i].provinces[seen.groups.province][*seen.moves[i]];
      ++days_[i].ages[seen.groups.age][*seen.moves[i]];
    }
  }

  [[nodiscard]] Impact finish() const {
    Impact impact{.rules = rules_.name(),
                  .compared_with = active_,
                  .digest = rules_.digest(),
                  .citizens = citizens_,
                  .provinces = {},
                  .days = {}};
    for (const auto& province : domain::provinces()) impact.provinces.push_back(province.code);
    impact.provinces.emplace_back("unknown");
    for (const auto& day : days_) {
      const auto total = domain::hide_total(day.total);
      impact.days.push_back({.at = day.at,
                             .by_province = domain::hide_small(total, day.provinces),
                             .by_age = domain::hide_small(total, day.ages)});
    }
    return impact;
  }

  domain::RuleSet rules_;
  domain::Assessor assessor_;  // refers to the rules
  std::string active_;
  std::uint64_t generation_;
  std::vector<Day> days_;
  ByteArray<16> id_;
  std::optional<CitizenRef> last_;
  std::uint64_t citizens_{};
  std::mutex mutex_;
};

RuleImpacts::RuleImpacts() = default;
RuleImpacts::~RuleImpacts() = default;

Result<ByteArray<16>> RuleImpacts::begin(const Platform& platform, std::string_view file, std::uint64_t count) {
  if (count > most_days) return fail(Errc::invalid_argument, "at most " + std::to_string(most_days) + " days");
  TRY(document, domain::RuleDocument::read(file));
  TRY(rules, domain::RuleSet::parse(document.content()));
  TRY(rows, list_rule_sets(platform));
  const auto* active = find_rule_set(rows, RuleSetState::active);
  if (active == nullptr) return fail(Errc::corrupt, "no rule set is active");
  auto run =
      std::make_shared<ImpactRun>(std::move(rules), active->name(), active->generation, platform.clock.now(), count);
  const std::scoped_lock lock{mutex_};
  if (runs_.size() == most_runs) runs_.erase(runs_.begin());
  runs_.emplace(begun_++, run);
  return run->id();
}

Result<ImpactPart> RuleImpacts::go_on(const Platform& platform, const ByteArray<16>& id) {
  const auto has_id = [&](const auto& run) { return equal_secret(run.second->id(), id); };
  std::shared_ptr<ImpactRun> run;
  {
    const std::scoped_lock lock{mutex_};
    const auto found = std::ranges::find_if(runs_, has_id);
    if (found == runs_.end()) return fail(Errc::not_found, "no impact is computed under this id");
    run = found->second;
  }
  auto part = run->go_on(platform);
  if (part.has_error() || part.value().finished) {
    const std::scoped_lock lock{mutex_};
    std::erase_if(runs_, has_id);
  }
  return part;
}

}  // namespace lindung::service
