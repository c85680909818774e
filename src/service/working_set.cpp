#include "service/working_set.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/asked.h"
#include "service/person_rows.h"
#include "service/visit.h"
#include "store/exchange_rows.h"
#include "store/sealing.h"
#include "store/token_restriction.h"

namespace lindung::service {

namespace {

constexpr std::chrono::hours replaced_token_life{24};  // protocol.md section 7, rotation

bool is_alive(const store::TokenRow& token, Moment now) {
  switch (token.state) {
    case store::TokenState::current:  // dies with its consent, to the second
    case store::TokenState::offered:  // likewise
    case store::TokenState::replaced: return !token.dies_at || now < *token.dies_at;
    case store::TokenState::withdrawn: break;
  }
  return false;
}

auto answered_key_of(const store::AnsweredKey& key) {
  return std::pair{key.hour.number, std::pair{key.partner, key.request}};
}

}  // namespace

Result<void> WorkingSet::load(store::ExchangeRows& rows, std::span<const Asked> questions, Moment now,
                              std::uint64_t timeline_generation) {
  now_ = now;
  TRYV(load_partners(rows, questions));
  TRYV(load_items(rows, questions));
  TRYV(load_people(rows, timeline_generation));
  return load_occupancy(rows, questions);
}

const store::AnsweredRow* WorkingSet::answered(const store::AnsweredKey& key) const {
  const auto found = answered_now_.find(answered_key_of(key));
  return found == answered_now_.end() ? nullptr : &found->second;
}

void WorkingSet::add_answered(const store::AnsweredKey& key, store::AnsweredRow row) {
  answered_now_.emplace(answered_key_of(key), row);
  new_answered_.push_back({.key = key, .row = std::move(row)});
}

void WorkingSet::begin_token(const store::TokenKey& key, const Hash& before, std::optional<Moment> dies_at) {
  const bool is_begun =
      std::ranges::any_of(begun_tokens_, [&](const BegunToken& begun) { return begun.key.index == key.index; });
  if (!is_begun) begun_tokens_.push_back({.key = key, .before = before, .dies_at = dies_at});
}

Result<void> WorkingSet::load_partners(store::ExchangeRows& rows, std::span<const Asked> questions) {
  for (const auto& asked : questions) {
    const auto& asker = asked.opened.asker();
    auto [partner, is_new] = partners_.try_emplace(asker.partner);
    if (is_new) {
      TRY(row, rows.partner(asker.partner));
      partner->second.row = row;
      TRY(rate, rows.rate(asker.partner));
      partner->second.rate = rate;
    }
    auto [key, key_is_new] = signing_keys_.try_emplace({asker.partner, asker.key}, false);
    if (key_is_new) {
      TRY(is_valid, rows.signing_key_is_valid(asker.partner, asker.key, now_));
      key->second = is_valid;
    }
  }
  return ok();
}

Result<void> WorkingSet::load_items(store::ExchangeRows& rows, std::span<const Asked> questions) {
  std::vector<store::AnsweredKey> answered_keys;
  std::vector<store::TokenKey> token_keys;
  for (const auto& asked : questions) {
    const auto& question = asked.opened.content();
    answered_keys.push_back({.hour = hour_of(question.client_time),
                             .partner = asked.opened.asker().partner,
                             .request = question.request_id});
    token_keys.push_back({.partner = asked.opened.asker().partner, .index = asked.token_index});
  }
  TRY(answered, rows.answered(answered_keys));
  TRY(tokens, rows.tokens(token_keys));
  items_.resize(questions.size());
  for (std::size_t i = 0; i < questions.size(); ++i) {
    auto& item = items_[i];
    item.answered_key = std::move(answered_keys[i]);
    item.token_key = std::move(token_keys[i]);
    item.recorded = std::move(answered[i]);
    item.token = tokens[i];
    const bool has_link = item.token && store::leads_to_somebody(item.token->state);
    item.is_linked = item.token && is_alive(*item.token, now_);
    // A token that has died since may have been answered about before; else its question is nobody's, from the first
    // row.
    const bool is_somebody = item.is_linked || (has_link && item.recorded);
    item.about = has_link ? item.token->citizen : ground_->dummy.citizen;
    item.citizen = is_somebody ? item.token->citizen : ground_->dummy.citizen;
    item.link = is_somebody ? item.token->link : ground_->dummy.link;
  }
  return ok();
}

Result<void> WorkingSet::load_people(store::ExchangeRows& rows, std::uint64_t timeline_generation) {
  std::vector<CitizenRef> refs{ground_->dummy.citizen};
  std::vector<LinkId> links{ground_->dummy.link};
  for (const auto& item : items_) {
    refs.push_back(item.citizen);
    links.push_back(item.link);
  }
  TRY(people, rows.people(refs, timeline_generation));
  for (std::size_t i = 0; i < refs.size(); ++i) {
    if (!people[i] || people_.contains(refs[i])) continue;
    TRY(key, store::unwrap_citizen_key(ground_->ring, refs[i], people[i]->wrapped_key));
    TRY(timeline, open_timeline(key, refs[i], timeline_generation, people[i]->timeline));
    Person person{.key = key, .timeline = std::move(timeline), .visit = {}, .visit_changed = false};
    if (people[i]->open_visit) {
      TRY(visit, open_open_visit(key, refs[i], *people[i]->open_visit));
      person.visit = visit;
    }
    people_.emplace(refs[i], std::move(person));
  }
  if (!people_.contains(ground_->dummy.citizen)) return fail(Errc::corrupt, "the dummy citizen is missing");
  for (auto& item : items_) {
    if (people_.contains(item.citizen)) continue;  // erased: as if there had never been a link
    item.citizen = ground_->dummy.citizen;
    item.link = ground_->dummy.link;
    item.is_linked = false;
  }
  TRY(quotas, rows.quotas(links));
  for (std::size_t i = 0; i < links.size(); ++i) {
    quotas_.try_emplace(links[i], Quota{.row = quotas[i].value_or(store::QuotaRow{}), .changed = false});
  }
  return ok();
}

Result<void> WorkingSet::load_occupancy(store::ExchangeRows& rows, std::span<const Asked> questions) {
  std::set<VenueId> venues;
  for (const auto& asked : questions) {
    if (asked.venue) venues.insert(asked.venue->id);
  }
  for (const auto& [ref, person] : people_) {
    if (person.visit) venues.insert(person.visit->venue);
  }
  const std::vector<VenueId> keys{venues.begin(), venues.end()};
  TRY(inside, rows.occupancy(keys));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    occupancy_.try_emplace(keys[i], Occupancy{.inside = inside[i], .changed = false});
  }
  return ok();
}

Result<void> WorkingSet::write(store::ExchangeRows& rows) {
  TRYV(rows.put_answered(new_answered_));
  TRYV(rows.put_evidence(new_evidence_));
  TRYV(rows.put_visit_events(new_visit_events_));
  TRYV(rows.offer_tokens(new_tokens_));
  for (const auto& begun : begun_tokens_) {
    const auto replaced_until = now_ + replaced_token_life;
    TRYV(rows.begin_token(begun.key, now_, begun.before,
                          std::min(replaced_until, begun.dies_at.value_or(replaced_until))));
  }
  std::vector<store::ExchangeRows::NewOpenVisit> visits;
  for (const auto& [citizen, person] : people_) {
    if (!person.visit_changed) continue;
    visits.push_back(
        {.citizen = citizen,
         .due_at = person.visit ? person.visit->due_at : Moment{},
         .sealed = person.visit ? std::optional{seal_open_visit(person.key, citizen, *person.visit)} : std::nullopt});
  }
  TRYV(rows.put_open_visits(visits));
  std::vector<store::ExchangeRows::NewQuota> quotas;
  for (const auto& [link, quota] : quotas_) {
    if (quota.changed) quotas.push_back({.link = link, .row = quota.row});
  }
  TRYV(rows.put_quotas(quotas));
  for (const auto& [venue, occupancy] : occupancy_) {
    if (occupancy.changed) {
      TRYV(rows.put_occupancy(venue, occupancy.inside));
    }
  }
  for (const auto& [id, partner] : partners_) {
    if (partner.rate_changed) {
      TRYV(rows.put_rate(id, partner.rate));
    }
  }
  return ok();
}

}  // namespace lindung::service
