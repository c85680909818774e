#include "people/approval.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "people/accounts.h"
#include "people/caller.h"
#include "people/ground.h"
#include "people/one_time_codes.h"
#include "people/passkeys.h"
#include "people/phone.h"
#include "store/blind_index.h"
#include "store/database.h"

namespace lindung::people {

namespace {

namespace json = boost::json;

constexpr std::size_t longest_kind = 40;
constexpr std::int64_t timeout_ms = 120'000;

auto refused(std::string_view name) { return fail(Errc::denied, "approval: " + std::string{name}); }

bool is_kind(std::string_view kind) {
  return !kind.empty() && kind.size() <= longest_kind &&
         std::ranges::all_of(kind, [](char c) { return (c >= 'a' && c <= 'z') || c == '.' || c == '-'; });
}

// expires(4) | random(4) | mac(8): ours, for this session and for exactly this.
Result<Nonce> nonce_of(const Ground& ground, const Caller& caller, std::string_view kind, const Hash& digest,
                       BytesView head) {
  TRY(mac,
      store::BlindIndex{ground.platform.ring}.of(
          "portal-code",
          Message{}.text("approval").u8(0).raw(caller.session.bytes()).text(kind).u8(0).raw(digest).raw(head).view()));
  Nonce nonce{};
  std::ranges::copy(head, nonce.begin());
  std::ranges::copy(BytesView{mac}.first(8), nonce.begin() + 8);
  return nonce;
}

// What a code of an approval is tried under: no cookie can be this.
Hash try_of(const Caller& caller, std::string_view kind, const Hash& digest, const Nonce& nonce) {
  return crypto::sha256(
      {as_bytes("lindung approval try v1"), caller.session.bytes(), approval_challenge(kind, digest, nonce)});
}

Result<Phone> phone_of(const Ground& ground, const Caller& caller) {
  Phone phone;
  TRYV(ground.platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(account, read_account(transaction, ground.platform.ring, caller.account));
    phone = account.phone;
    return ok();
  }));
  if (phone.value().empty()) return fail(Errc::conflict, "passkey");
  return phone;
}

// Errors of codes and passkeys are told as those of an approval.
Result<void> as_approval(const Result<void>& result) {
  if (!result.has_error() || result.error().code != Errc::denied) return result;
  const std::string_view detail{result.error().detail};
  const auto colon = detail.find(": ");
  return refused(colon == std::string_view::npos ? detail : detail.substr(colon + 2));
}

Result<Nonce> nonce_in(const Ground& ground, const Caller& caller, std::string_view kind, const Hash& digest,
                       const json::object& proof) {
  const auto* const text = proof.if_contains("nonce");
  Nonce nonce{};
  if (text == nullptr || !text->is_string() ||
      codec::from_hex(std::string_view{text->get_string()}, nonce).has_error()) {
    return refused("nonce");
  }
  TRY(ours, nonce_of(ground, caller, kind, digest, BytesView{nonce}.first(8)));
  if (!equal_secret(ours, nonce) ||
      moment_of(get_be<std::uint32_t>(BytesView{nonce}.first(4))) <= ground.platform.clock.now()) {
    return refused("nonce");
  }
  return nonce;
}

Result<void> finish_by_code(const Ground& ground, const Caller& caller, BytesView token, const json::object& proof) {
  const auto* const code = proof.if_contains("code");
  if (code == nullptr || !code->is_string()) return refused("code");
  TRY(phone, check_code(ground, token, std::string_view{code->get_string()}));
  TRY(own, phone_of(ground, caller));
  TRY(passkeys, list_passkeys(ground, caller.account));
  // Whoever has a passkey by now, or another number, proves it by that.
  if (phone != own || !passkeys.empty()) return refused("code");
  return ground.platform.database.write(
      [&](store::Transaction& transaction) -> Result<void> { return spend_code(transaction, ground, token); });
}

}  // namespace

Hash approval_challenge(std::string_view kind, const Hash& digest, const Nonce& nonce) {
  return crypto::sha256(Message{}.text("lindung-approve v1").u8(0).text(kind).u8(0).raw(digest).raw(nonce).view());
}

Result<json::object> start_approval(const Ground& ground, const Caller& caller, std::string_view kind,
                                    const Hash& digest) {
  if (!is_kind(kind)) return fail(Errc::invalid_argument, "kind");
  auto head = crypto::random_bytes<8>();
  put_be(MutableBytes{head}.first(4),
         static_cast<std::uint32_t>(unix_seconds(ground.platform.clock.now() + approval_time)));
  TRY(nonce, nonce_of(ground, caller, kind, digest, head));
  TRY(passkeys, list_passkeys(ground, caller.account));
  if (passkeys.empty()) {
    TRY(phone, phone_of(ground, caller));
    TRYV(send_code(ground, try_of(caller, kind, digest, nonce), phone));
    return json::object{{"by", "code"}, {"nonce", codec::hex(nonce)}};
  }
  json::array allowed;
  for (const auto& each : passkeys) {
    allowed.emplace_back(json::object{{"type", "public-key"}, {"id", codec::base64url(each.credential)}});
  }
  return json::object{
      {"by", "passkey"},
      {"nonce", codec::hex(nonce)},
      {"publicKey", json::object{{"challenge", codec::base64url(approval_challenge(kind, digest, nonce))},
                                 {"rpId", ground.terms.relying_party},
                                 {"timeout", timeout_ms},
                                 {"allowCredentials", std::move(allowed)},
                                 {"userVerification", "required"}}}};
}

Result<void> finish_approval(const Ground& ground, const Caller& caller, std::string_view kind, const Hash& digest,
                             const json::object& body) {
  const auto* const assertion = body.if_contains("assertion");
  const auto* const code = body.if_contains("code");
  const auto* const proof = assertion != nullptr ? assertion : code;
  if (proof == nullptr) return refused("missing");
  if (!proof->is_object()) return refused("form");
  const auto& given = proof->get_object();
  TRY(nonce, nonce_in(ground, caller, kind, digest, given));
  if (assertion != nullptr) {
    const auto* const credential = given.if_contains("credential");
    if (credential == nullptr || !credential->is_object()) return refused("form");
    TRYV(as_approval(
        check_passkey(ground, caller.account, approval_challenge(kind, digest, nonce), credential->get_object())));
  } else {
    TRYV(as_approval(finish_by_code(ground, caller, try_of(caller, kind, digest, nonce), given)));
  }
  return ground.platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    return ground.sessions.prove(transaction, caller, ground.platform.clock.now());
  });
}

Result<void> need_fresh_proof(const Ground& ground, const Caller& caller) {
  if (ground.platform.clock.now() - caller.proved_at > fresh_proof) return refused("stale");
  return ok();
}

}  // namespace lindung::people
