#include "service/attribution.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "domain/link_token.h"
#include "domain/nik.h"
#include "service/canaries.h"
#include "service/name_finder.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

constexpr std::size_t hex_size = domain::link_token_size * 2;
constexpr std::size_t base64url_size = (domain::link_token_size * 8 + 5) / 6;

struct Suspect {
  Attribution::Count count;
  crypto::HmacKey trace_key;
  std::optional<store::KeyName> index_key;  // of its epoch; none before the first
};

bool is_decimal(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_text_digit(char c) { return is_decimal(c) || is_letter(c) || c == '-' || c == '_'; }

// Calls `take` with each longest run of characters that are `in` it.
template <class In, class Take>
Result<void> for_each_run(std::string_view text, In in, Take take) {
  for (std::size_t at = 0; at < text.size();) {
    if (!in(text[at])) {
      ++at;
      continue;
    }
    auto end = at;
    while (end < text.size() && in(text[end])) ++end;
    TRYV(take(text.substr(at, end - at)));
    at = end;
  }
  return ok();
}

bool parse_token(std::string_view run, domain::LinkToken& token) {
  const bool is_read = run.size() == hex_size         ? codec::from_hex(run, token.bytes).has_value()
                       : run.size() == base64url_size ? codec::from_base64url(run, token.bytes).has_value()
                                                      : false;
  return is_read && token.bytes[0] == domain::link_token_version;
}

Result<std::vector<Suspect>> suspects_of(const Platform& platform) {
  std::vector<Suspect> suspects;
  for (const auto& [id, partner] : platform.directory.get()->partners) {
    const auto key = platform.ring.hmac_key({.cls = store::KeyClass::partner_trace, .scope = id.value(), .epoch = 0});
    if (key.has_error()) {
      if (key.error().code == Errc::not_found) continue;
      return key.error();
    }
    suspects.push_back({.count = {.partner = id}, .trace_key = *key.value(), .index_key = {}});
    if (partner.epoch == 0) continue;
    suspects.back().index_key =
        store::KeyName{.cls = store::KeyClass::partner_index, .scope = id.value(), .epoch = partner.epoch};
  }
  return suspects;
}

class Search {
 public:
  Search(const Platform& platform, std::vector<Suspect> suspects, const std::vector<CanaryMarks>& marks)
      : platform_{platform}, suspects_{std::move(suspects)}, marks_{marks}, sightings_(marks.size(), 0) {
    for (std::size_t i = 0; i < marks.size(); ++i) {
      if (marks[i].person_index) niks_.emplace(*marks[i].person_index, i);
      for (const auto& index : marks[i].token_indices) tokens_.emplace(index, i);
      names_.add(marks[i].name, i);
    }
  }

  Result<void> look_through(std::string_view text) {
    TRYV(for_each_run(text, is_text_digit, [this](std::string_view run) { return look_at_run(run); }));
    if (marks_.empty()) return ok();
    TRYV(for_each_run(text, is_decimal, [this](std::string_view run) { return look_at_number(run); }));
    return for_each_run(text, is_letter, [this](std::string_view word) -> Result<void> {
      for (const auto canary : names_.next(word)) {
        if (auto* suspect = suspect_of(marks_[canary].partner)) ++suspect->count.canary_names;
      }
      return ok();
    });
  }

  [[nodiscard]] Attribution result() const {
    Attribution out{.candidates = candidates_, .partners = {}};
    for (const auto& suspect : suspects_) {
      if (suspect.count.proofs() + suspect.count.canary_names != 0) out.partners.push_back(suspect.count);
    }
    std::ranges::sort(out.partners, [](const auto& a, const auto& b) {
      return std::tuple{a.proofs(), a.canary_names} > std::tuple{b.proofs(), b.canary_names};
    });
    return out;
  }

  // Of each canary, by token and NIK.
  [[nodiscard]] const std::vector<std::uint64_t>& sightings() const noexcept { return sightings_; }

 private:
  Suspect* suspect_of(const PartnerId& partner) {
    const auto found =
        std::ranges::find_if(suspects_, [&](const Suspect& suspect) { return suspect.count.partner == partner; });
    return found == suspects_.end() ? nullptr : &*found;
  }

  Result<void> look_at_run(std::string_view run) {
    domain::LinkToken token;
    if (!parse_token(run, token)) return ok();
    ++candidates_;
    for (auto& suspect : suspects_) {
      if (!domain::is_traced_by(token, suspect.trace_key)) continue;
      ++suspect.count.tokens;
      if (tokens_.empty() || !suspect.index_key) continue;
      const auto index = store::BlindIndex{platform_.ring}.of(*suspect.index_key, token.bytes);
      if (index.has_error()) {
        if (index.error().code == Errc::denied) continue;  // shredded: its tokens lead to nobody any more
        return index.error();
      }
      const auto canary = tokens_.find(index.value());
      if (canary == tokens_.end()) continue;
      ++suspect.count.canary_tokens;
      ++sightings_[canary->second];
    }
    return ok();
  }

  Result<void> look_at_number(std::string_view run) {
    if (run.size() != domain::Nik::size) return ok();
    auto nik = domain::parse_nik(run);
    if (nik.has_error()) return ok();
    TRY(index, person_index(platform_.ring,
                            {.nik = std::move(nik).value(), .passport = {}, .local = {}, .name = {}, .birth = {}}));
    const auto canary = niks_.find(index);
    if (canary == niks_.end()) return ok();
    ++sightings_[canary->second];
    if (auto* suspect = suspect_of(marks_[canary->second].partner)) ++suspect->count.canary_niks;
    return ok();
  }

  const Platform& platform_;
  std::vector<Suspect> suspects_;
  const std::vector<CanaryMarks>& marks_;
  std::vector<std::uint64_t> sightings_;
  std::map<Hash, std::size_t> niks_;
  std::map<Hash, std::size_t> tokens_;
  NameFinder names_;
  std::uint64_t candidates_{};
};

// The dates of one partner's tokens, by index under the key of each of its epochs.
Result<void> look_up(const Platform& platform, const std::vector<domain::LinkToken>& tokens, std::uint64_t epochs,
                     TokenOrigin& out) {
  return platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    out.looked_up = out.known = out.epoch = 0;
    out.first_made.reset();
    out.last_made.reset();
    for (const auto& token : tokens) {
      ++out.looked_up;
      for (std::uint64_t epoch = 1; epoch <= epochs; ++epoch) {
        const auto index = store::BlindIndex{platform.ring}.of(
            {.cls = store::KeyClass::partner_index, .scope = out.partner.value(), .epoch = epoch}, token.bytes);
        if (index.has_error()) continue;  // destroyed with its epoch: its tokens lead nowhere any more
        TRYV(transaction.run(store::Sql{"SELECT born_at FROM token WHERE partner_id = $1 AND token_index = $2"},
                             {out.partner.value(), BytesView{index.value()}}, [&](const store::Row& row) {
                               const auto made = day_of(moment_of(static_cast<std::uint64_t>(row.integer(0))));
                               ++out.known;
                               out.epoch = epoch;
                               if (!out.first_made || made < *out.first_made) out.first_made = made;
                               if (!out.last_made || made > *out.last_made) out.last_made = made;
                             }));
      }
    }
    return ok();
  });
}

}  // namespace

Result<TokenAttribution> attribute_tokens(const Platform& platform, std::span<const domain::LinkToken> candidates) {
  constexpr std::size_t looked_up_a_call = 2'000;
  TRY(suspects, suspects_of(platform));
  TRY(marks, canary_marks(platform));
  TokenAttribution out{.partners = suspects.size(), .canaries = marks.size(), .origins = {}};
  std::map<Hash, std::size_t> canary_tokens;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    for (const auto& index : marks[i].token_indices) canary_tokens.emplace(index, i);
  }
  std::vector<std::uint64_t> sightings(marks.size(), 0);
  for (const auto& suspect : suspects) {
    TokenOrigin origin{.partner = suspect.count.partner};
    std::vector<domain::LinkToken> first;
    for (const auto& token : candidates) {
      if (!domain::is_traced_by(token, suspect.trace_key)) continue;
      ++origin.tokens;
      if (first.size() < looked_up_a_call) first.push_back(token);
      if (canary_tokens.empty() || !suspect.index_key) continue;
      const auto index = store::BlindIndex{platform.ring}.of(*suspect.index_key, token.bytes);
      if (index.has_error()) {
        if (index.error().code == Errc::denied) continue;
        return index.error();
      }
      const auto canary = canary_tokens.find(index.value());
      if (canary == canary_tokens.end()) continue;
      ++origin.canary_tokens;
      ++sightings[canary->second];
    }
    if (origin.tokens == 0) continue;
    TRYV(look_up(platform, first, suspect.index_key ? suspect.index_key->epoch : 0, origin));
    out.origins.push_back(std::move(origin));
  }
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (sightings[i] == 0) continue;
    TRYV(count_found_canary(platform, marks[i].citizen, sightings[i]));
  }
  return out;
}

Result<Attribution> attribute_leak(const Platform& platform, std::string_view text) {
  TRY(suspects, suspects_of(platform));
  TRY(marks, canary_marks(platform));
  Search search{platform, std::move(suspects), marks};
  TRYV(search.look_through(text));
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (search.sightings()[i] == 0) continue;
    TRYV(count_found_canary(platform, marks[i].citizen, search.sightings()[i]));
  }
  return search.result();
}

}  // namespace lindung::service
