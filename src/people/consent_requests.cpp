#include "people/consent_requests.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "domain/consent.h"
#include "domain/link_token.h"
#include "domain/partner.h"
#include "domain/redemption.h"
#include "people/consent_request_rows.h"
#include "service/consent_rows.h"
#include "service/links.h"
#include "service/logged_unit.h"
#include "service/partner_web.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/exchange_rows.h"
#include "store/ring.h"

namespace lindung::people {

namespace {

constexpr std::size_t reference_size = 32;
constexpr std::size_t reference_characters = 43;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

Result<void> check_partner(store::Transaction& transaction, const PartnerId& partner, const PushedRequest& request) {
  TRY(row, store::ExchangeRows{transaction}.partner(partner));
  if (!row || row->state != domain::PartnerState::active) return fail(Errc::partner_suspended);
  if (row->profile != request.profile) return fail(Errc::malformed, "profile: not the partner's own");
  TRY(web, service::read_partner_web(transaction, partner));
  if (std::ranges::find(web.redirects, request.redirect_uri) == web.redirects.end()) {
    return fail(Errc::malformed, "redirect_uri: not registered");
  }
  return ok();
}

Result<void> check_terms(const PushedRequest& request) {
  const std::set<domain::Purpose> purposes{request.purposes.begin(), request.purposes.end()};
  if (purposes.empty() || purposes.size() != request.purposes.size()) {
    return fail(Errc::malformed, "purposes: at least one, and none twice");
  }
  if (request.period < domain::shortest_consent || request.period > domain::longest_consent) {
    return fail(Errc::malformed, "days: 1 to 366");
  }
  const auto is_printable = [](char c) { return c > ' ' && c < 0x7f; };
  if (request.state.empty() || request.state.size() > longest_state ||
      !std::ranges::all_of(request.state, is_printable)) {
    return fail(Errc::malformed, "state: 1 to 256 printable characters");
  }
  return ok();
}

Result<void> count_push(store::Transaction& transaction, const PartnerId& partner, Moment now) {
  const auto minute = unix_seconds(now) / 60;
  std::uint64_t used = 0;
  TRYV(transaction.run(store::Sql{"SELECT minute, used FROM partner_push WHERE partner_id = $1"}, {partner.value()},
                       [&](const store::Row& row) {
                         if (static_cast<std::uint64_t>(row.integer(0)) == minute) {
                           used = static_cast<std::uint64_t>(row.integer(1));
                         }
                       }));
  if (used >= pushes_a_minute) return fail(Errc::quota, "", (minute + 1) * 60 - unix_seconds(now));
  TRYV(transaction.run(
      store::Sql{"INSERT INTO partner_push (partner_id, minute, used) VALUES ($1, $2, $3) "
                 "ON CONFLICT (partner_id) DO UPDATE SET minute = excluded.minute, used = excluded.used"},
      {partner.value(), static_cast<std::int64_t>(minute), static_cast<std::int64_t>(used + 1)}));
  return ok();
}

std::optional<Hash> digest_of(std::string_view reference) {
  ByteArray<reference_size> bytes{};
  if (reference.size() != reference_characters || codec::from_base64url(reference, bytes).has_error()) return {};
  return crypto::sha256(bytes);
}

Result<StoredRequest> need_pending(store::Transaction& transaction, const service::Platform& platform,
                                   std::string_view reference, Moment now) {
  const auto digest = digest_of(reference);
  if (!digest) return fail(Errc::not_found);
  TRY(found, find_request(transaction, platform.ring, *digest));
  if (!found || found->state != RequestState::pending || now >= found->expires) return fail(Errc::not_found);
  return std::move(*found);
}

// Everything but what RFC 3986 section 2.3 lets stand.
std::string percent(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool stands = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                        c == '.' || c == '_' || c == '~';
    if (stands) {
      out += c;
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(c);
    out += '%';
    out += digits[byte >> 4U];
    out += digits[byte & 0xfU];
  }
  return out;
}

std::string redirect(const StoredRequest& request, std::string_view name, std::string_view value,
                     std::string_view issuer) {
  const auto& uri = request.redirect_uri;
  return uri + (uri.find('?') == std::string::npos ? "?" : "&") + std::string{name} + "=" + percent(value) +
         "&state=" + percent(request.state_text) + "&iss=" + percent(issuer);
}

// The same for the same redemption, and for nobody who has not the ring: a repetition gets the token again, and no row
// holds it.
Result<ByteArray<domain::link_token_random_size>> token_random(const store::KeyRing& ring,
                                                               const domain::Redemption& redemption) {
  TRY(key, ring.hmac_key({.cls = store::KeyClass::link_commit, .scope = "", .epoch = 1}));
  constexpr ByteArray<1> separator{0};
  const auto mac =
      key->mac({as_bytes("lindung redeemed v1"), separator, redemption.code, redemption.request_id.bytes()});
  return take<domain::link_token_random_size>(mac);
}

Result<domain::LinkToken> token_again(const store::KeyRing& ring, const PartnerId& partner,
                                      const domain::Redemption& redemption) {
  TRY(random, token_random(ring, redemption));
  TRY(trace_key, ring.hmac_key({.cls = store::KeyClass::partner_trace, .scope = partner.value(), .epoch = 0}));
  return domain::make_link_token(*trace_key, random);
}

Result<std::optional<StoredRequest>> find_by_code(store::Transaction& transaction, const store::KeyRing& ring,
                                                  const ByteArray<32>& code) {
  const auto digest = crypto::sha256(code);
  std::optional<Hash> request;
  TRYV(transaction.run(store::Sql{"SELECT request_digest FROM consent_code WHERE code_digest = $1"},
                       {BytesView{digest}}, [&](const store::Row& row) { request = take<32>(row.bytes(0)); }));
  if (!request) return std::optional<StoredRequest>{};
  return find_request(transaction, ring, *request);
}

}  // namespace

Result<RequestReference> push_request(const service::Platform& platform, const PartnerId& partner,
                                      const PushedRequest& request) {
  TRYV(check_terms(request));
  const auto bytes = crypto::random_bytes<reference_size>();
  const auto now = platform.clock.now();
  const auto expires = now + consent_request_life;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(check_partner(transaction, partner, request));
    TRYV(count_push(transaction, partner, now));
    StoredRequest stored{.digest = crypto::sha256(bytes), .partner = partner, .expires = expires};
    stored.purposes = request.purposes;
    stored.profile = request.profile;
    stored.period = request.period;
    stored.challenge = request.challenge;
    stored.redirect_uri = request.redirect_uri;
    stored.state_text = request.state;
    return put_request(transaction, platform.ring, stored);
  }));
  return RequestReference{.text = codec::base64url(bytes), .expires = expires};
}

Result<OpenRequest> read_request(const service::Platform& platform, std::string_view reference) {
  OpenRequest open;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(request, need_pending(transaction, platform, reference, platform.clock.now()));
    open = {.partner = request.partner,
            .purposes = request.purposes,
            .profile = request.profile,
            .period = request.period,
            .expires = request.expires,
            .digest = approval_digest(request)};
    return ok();
  }));
  return open;
}

// Under the head of the log, so that one request is decided once, on whatever node.
Result<std::string> approve_request(const service::Platform& platform, const CitizenRef& citizen,
                                    std::string_view reference, std::string_view issuer) {
  const auto code = crypto::random_bytes<32>();
  std::string url;
  TRYV(service::write_logged(platform.database, platform.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    TRY(request, need_pending(transaction, platform, reference, unit.now()));
    request.state = RequestState::approved;
    request.citizen = citizen;
    request.expires = unit.now() + consent_code_life;
    TRYV(put_request(transaction, platform.ring, request));
    const auto digest = crypto::sha256(code);
    TRYV(transaction.run(
        store::Sql{"INSERT INTO consent_code (code_digest, request_digest, expires_at) VALUES ($1, $2, $3)"},
        {BytesView{digest}, BytesView{request.digest}, as_int(request.expires)}));
    url = redirect(request, "code", codec::base64url(code), issuer);
    return ok();
  }));
  return url;
}

Result<std::string> refuse_request(const service::Platform& platform, std::string_view reference,
                                   std::string_view issuer) {
  std::string url;
  TRYV(service::write_logged(platform.database, platform.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    TRY(request, need_pending(unit.transaction(), platform, reference, unit.now()));
    request.state = RequestState::refused;
    TRYV(put_request(unit.transaction(), platform.ring, request));
    url = redirect(request, "error", "access_denied", issuer);
    return ok();
  }));
  return url;
}

Result<domain::RedemptionAnswer> redeem_code(const service::Platform& platform, const PartnerId& partner,
                                             const domain::Redemption& redemption) {
  using domain::RedemptionOutcome;
  const domain::ConsentId id{crypto::random_bytes<16>()};
  domain::RedemptionAnswer answer;
  TRYV(service::write_logged(platform.database, platform.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    answer = {.outcome = RedemptionOutcome::unknown_code, .request_id = redemption.request_id};
    auto& transaction = unit.transaction();
    TRY(request, find_by_code(transaction, platform.ring, redemption.code));
    if (!request || request->partner != partner || !request->citizen) return ok();
    if (unit.now() >= request->expires) {
      answer.outcome = RedemptionOutcome::late_code;
      return ok();
    }
    const bool is_repeated = request->state == RequestState::redeemed && request->redeemed_as == redemption.request_id;
    if (request->state != RequestState::approved && !is_repeated) {
      answer.outcome = RedemptionOutcome::used_code;
      return ok();
    }
    if (!equal_secret(domain::challenge_of(redemption.verifier), request->challenge)) {
      answer.outcome = RedemptionOutcome::wrong_verifier;
      return ok();
    }
    if (!is_repeated) {
      TRY(random, token_random(platform.ring, redemption));
      const service::Consent consent{.id = id,
                                     .partner = partner,
                                     .profile = request->profile,
                                     .purposes = request->purposes,
                                     .granted_at = unit.now(),
                                     .until = unit.now() + request->period};
      const auto link = service::grant_consented_link(
          unit, platform, {.partner = partner, .citizen = *request->citizen, .random = random}, consent);
      if (link.has_error()) {
        if (link.error().code == Errc::not_found) return ok();  // erased since the approval
        if (link.error().code == Errc::conflict) return fail(Errc::partner_suspended);
        return link.error();
      }
      request->state = RequestState::redeemed;
      request->redeemed_as = redemption.request_id;
      request->consent = id;
      request->until = consent.until;
      request->log_index = link.value().log_index;
      TRYV(put_request(transaction, platform.ring, *request));
    }
    TRY(token, token_again(platform.ring, partner, redemption));
    answer.outcome = RedemptionOutcome::granted;
    answer.token = token;
    answer.consent = request->consent;
    answer.profile = request->profile;
    answer.until = request->until;
    answer.log_index = request->log_index;
    return ok();
  }));
  return answer;
}

Result<void> forget_old_requests(const service::Platform& platform) {
  const auto before = as_int(platform.clock.now() - consent_request_life);
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"DELETE FROM consent_request WHERE expires_at < $1"}, {before}));
    TRYV(transaction.run(store::Sql{"DELETE FROM consent_code WHERE expires_at < $1"}, {before}));
    return ok();
  });
}

}  // namespace lindung::people
