#include "gateway/consent_check.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/colour.h"
#include "gateway/proven_answer.h"
#include "log/entry.h"
#include "log/merkle.h"
#include "service/consent_rows.h"
#include "service/evidence.h"
#include "service/install.h"
#include "service/links.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/period_table.h"
#include "store/ring.h"
#include "store/ring_ratchet.h"

namespace lindung::gateway {

namespace {

constexpr std::uint64_t entries_a_read = 4'096;

// From when to when a commitment stood in the log.
struct Life {
  std::uint64_t granted{};
  std::optional<std::uint64_t> ended{};
};
using Lives = std::map<Hash, Life>;

struct Answered {
  std::uint64_t index{};
  log::AnswerEntry entry;
  std::optional<Bytes> evidence{};
};

class Check {
 public:
  Check(const service::Platform& platform, const CitizenRef& nobody) : platform_{platform}, nobody_{nobody} {}

  Result<ConsentReport> run(std::uint64_t size) {
    report_.size = size;
    for (std::uint64_t from = 0; from < size; from += entries_a_read) {
      std::vector<Answered> answers;
      TRYV(read_entries(from, std::min(size, from + entries_a_read), answers));
      for (const auto& answer : answers) {
        TRYV(judge(answer));
      }
    }
    if (tree_.size() != size) return fail(Errc::not_found, "the database's log is shorter than the checkpoint");
    report_.root = tree_.root();
    return std::move(report_);
  }

 private:
  // A day's key, once; none where it is destroyed.
  Result<const std::optional<Secret<32>>*> key_of(Day day) {
    auto found = keys_.find(day.number);
    if (found == keys_.end()) {
      auto key = platform_.ring.period_key(store::Ratchet::answer_day, day.number);
      if (key.has_error() && key.error().code != Errc::denied) return key.error();
      found = keys_
                  .emplace(day.number,
                           key.has_error() ? std::optional<Secret<32>>{} : std::optional{std::move(key).value()})
                  .first;
    }
    return &found->second;
  }

  Result<void> read_entries(std::uint64_t from, std::uint64_t end, std::vector<Answered>& answers) {
    return platform_.database.read([&](store::Transaction& transaction) -> Result<void> {
      answers.clear();
      std::vector<Bytes> leaves;
      TRYV(transaction.run(store::Sql{"SELECT leaf FROM log_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx"},
                           {static_cast<std::int64_t>(from), static_cast<std::int64_t>(end)},
                           [&](const store::Row& row) { leaves.push_back(to_bytes(row.bytes(0))); }));
      if (leaves.size() != end - from) return fail(Errc::not_found, "the database's log is shorter than that");
      for (const auto& leaf : leaves) {
        const auto index = tree_.size();
        tree_.append(log::leaf_hash(leaf));
        TRY(entry, log::decode(leaf));
        if (const auto* link = std::get_if<log::LinkEntry>(&entry)) {
          note_link(*link, index);
        } else if (const auto* answer = std::get_if<log::AnswerEntry>(&entry)) {
          answers.push_back({.index = index, .entry = *answer, .evidence = {}});
        }
      }
      TRY(days, store::list_periods(transaction, store::PeriodTable::evidence));
      for (const auto day : days) {
        TRYV(transaction.run(
            store::period_sql("SELECT log_index, sealed FROM evidence_{p} WHERE log_index >= $1 AND log_index < $2",
                              day),
            {static_cast<std::int64_t>(from), static_cast<std::int64_t>(end)}, [&](const store::Row& row) {
              const auto index = static_cast<std::uint64_t>(row.integer(0));
              const auto found = std::ranges::lower_bound(answers, index, {}, &Answered::index);
              if (found != answers.end() && found->index == index) found->evidence = to_bytes(row.bytes(1));
            }));
      }
      return ok();
    });
  }

  void note_link(const log::LinkEntry& link, std::uint64_t index) {
    if (link.granted) {
      lives_.insert_or_assign(link.commitment, Life{.granted = index, .ended = {}});
    } else if (const auto found = lives_.find(link.commitment); found != lives_.end() && !found->second.ended) {
      found->second.ended = index;
    }
  }

  void violate(std::uint64_t index, std::string why) {
    ++report_.violations;
    if (!report_.first) report_.first = ConsentViolation{.index = index, .why = std::move(why)};
  }

  Result<void> judge(const Answered& answer) {
    ++report_.answers;
    const auto day = day_of(answer.entry.answered_at);
    TRY(key, key_of(day));
    if (!key->has_value()) {
      ++report_.forgotten;
      return ok();
    }
    if (!answer.evidence) {
      violate(answer.index, "no evidence");
      return ok();
    }
    TRY(evidence, service::open_evidence(**key, day, answer.index, *answer.evidence));
    const auto proven = prove_evidence(platform_, answer.index, answer.entry, evidence);
    if (proven.has_error()) {
      if (proven.error().code != Errc::corrupt) return proven.error();
      violate(answer.index, "not what was answered");
      return ok();
    }
    const bool said_something = proven.value().answer.outcome != domain::Outcome::unlinked;
    if (evidence.citizen == nobody_) {
      // Who hides a link behind the dummy's name is betrayed by what the answer said.
      if (said_something) {
        violate(answer.index, "no link");
      } else {
        ++report_.about_nobody;
      }
      return ok();
    }
    return judge_link(answer, evidence, proven.value().answer.answered_at);
  }

  struct Link {
    LinkId id;
    std::optional<service::Consent> consent{};
    bool is_erased{};  // the citizen: the consent can be opened by nobody any more
  };

  // The link of a token, and its consent where it has one.
  Result<std::optional<Link>> find_link(const Answered& answer, const service::Evidence& evidence) {
    const auto& entry = answer.entry;
    const auto index = store::BlindIndex{platform_.ring}.of(
        {.cls = store::KeyClass::partner_index, .scope = entry.partner.value(), .epoch = entry.epoch},
        evidence.question.token.bytes);
    if (index.has_error()) {
      if (index.error().code == Errc::denied) return std::optional{Link{.id = {}, .consent = {}, .is_erased = true}};
      return index.error();
    }
    std::optional<Link> link;
    TRYV(platform_.database.read([&](store::Transaction& transaction) -> Result<void> {
      link.reset();
      std::optional<CitizenRef> citizen;
      TRYV(transaction.run(
          store::Sql{"SELECT link_id, citizen_ref FROM token WHERE partner_id = $1 AND token_index = $2"},
          {entry.partner.value(), BytesView{index.value()}}, [&](const store::Row& row) {
            link = Link{.id = LinkId{take<16>(row.bytes(0))}, .consent = {}};
            citizen = CitizenRef{take<16>(row.bytes(1))};
          }));
      if (!link) return ok();
      if (*citizen != evidence.citizen) {
        link.reset();
        return ok();
      }
      const auto person = service::open_person(transaction, platform_.ring, *citizen);
      if (person.has_error()) {
        link->is_erased = person.error().code == Errc::not_found;
        return link->is_erased ? ok() : Result<void>{person.error()};
      }
      TRY(kept, service::read_consent(transaction, person.value(), link->id));
      if (kept) link->consent = std::move(kept->consent);
      return ok();
    }));
    return link;
  }

  Result<void> judge_link(const Answered& answer, const service::Evidence& evidence, Moment answered_at) {
    TRY(link, find_link(answer, evidence));
    if (!link) {
      violate(answer.index, "no link");
      return ok();
    }
    if (link->is_erased) {
      ++report_.forgotten;
      return ok();
    }
    const auto digest = link->consent ? std::optional{service::consent_digest(*link->consent)} : std::nullopt;
    TRY(commitment, service::link_commitment(platform_.ring, link->id, evidence.citizen, answer.entry.partner, digest));
    const auto life = lives_.find(commitment);
    if (life == lives_.end() || life->second.granted > answer.index) {
      violate(answer.index, "not granted before");
    } else if (life->second.ended && *life->second.ended < answer.index) {
      violate(answer.index, "ended before");
    } else if (link->consent && answered_at >= link->consent->until) {
      violate(answer.index, "past its period");
    } else {
      ++report_.consented;
      if (!link->consent) ++report_.by_command;
    }
    return ok();
  }

  const service::Platform& platform_;
  CitizenRef nobody_;
  ConsentReport report_;
  log::Frontier tree_;
  Lives lives_;
  std::map<std::uint32_t, std::optional<Secret<32>>> keys_;
};

}  // namespace

Result<ConsentReport> check_consents(const service::Platform& platform, std::uint64_t size) {
  TRY(nobody, service::load_dummy(platform.database));
  return Check{platform, nobody.citizen}.run(size);
}

}  // namespace lindung::gateway
