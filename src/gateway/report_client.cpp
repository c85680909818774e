#include "gateway/report_client.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
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
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "domain/report.h"
#include "gateway/envelope.h"
#include "gateway/key_directory.h"
#include "gateway/report_door.h"
#include "gateway/sealed_client.h"

namespace lindung::gateway {

namespace {

namespace json = boost::json;

constexpr std::size_t key_size = 32;

auto wrong(std::string_view name) { return fail(Errc::malformed, "the key document: " + std::string{name}); }

Result<std::string> text_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return wrong(name);
  return std::string{value->get_string()};
}

Result<std::uint64_t> number_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_int64() || value->get_int64() < 0) return wrong(name);
  return static_cast<std::uint64_t>(value->get_int64());
}

Result<crypto::X25519PublicKey> key_in(const json::object& object) {
  TRY(text, text_in(object, "public_key"));
  ByteArray<key_size> key{};
  if (codec::from_base64url(text, key).has_error()) return wrong("public_key");
  return key;
}

Result<ReportOffice> read_office(const json::object& object) {
  TRY(id, text_in(object, "office"));
  TRY(role, text_in(object, "role"));
  TRY(key, key_in(object));
  ReportOffice office{.id = std::move(id), .is_second = role == "second", .districts = {}, .public_key = key};
  const auto* districts = object.if_contains("districts");
  if (districts == nullptr || !districts->is_array()) return wrong("districts");
  for (const auto& each : districts->get_array()) {
    if (!each.is_string()) return wrong("districts");
    office.districts.emplace_back(each.get_string());
  }
  return office;
}

Result<ReportDirectory::Key> read_key(const json::object& object) {
  TRY(id, number_in(object, "key_id"));
  TRY(key, key_in(object));
  TRY(not_before, number_in(object, "not_before"));
  TRY(not_after, number_in(object, "not_after"));
  if (id > UINT8_MAX) return wrong("key_id");
  return ReportDirectory::Key{.key = {.key_id = static_cast<std::uint8_t>(id), .public_key = key},
                              .not_before = moment_of(not_before),
                              .not_after = moment_of(not_after)};
}

}  // namespace

Result<GatewayKey> ReportDirectory::key_at(Moment now) const {
  const Key* newest = nullptr;
  for (const auto& each : keys) {
    if (now < each.not_before || now > each.not_after) continue;
    if (newest == nullptr || each.not_before > newest->not_before) newest = &each;
  }
  if (newest == nullptr) return fail(Errc::unsupported_key, "the gateway names no key for reports");
  return newest->key;
}

Result<ReportOffice> ReportDirectory::health_office(std::string_view district) const {
  const ReportOffice* best = nullptr;
  std::size_t longest = 0;
  for (const auto& office : offices) {
    for (const auto& each : office.districts) {
      if (!district.starts_with(each) || each.size() <= longest) continue;
      best = &office;
      longest = each.size();
    }
  }
  if (best == nullptr) return fail(Errc::not_found, "no health office of this district");
  return *best;
}

Result<ReportOffice> ReportDirectory::second_office() const {
  for (const auto& office : offices) {
    if (office.is_second) return office;
  }
  return fail(Errc::not_found, "no second office");
}

Result<ReportDirectory> open_report_directory(std::string_view body,
                                              const std::optional<crypto::Ed25519PublicKey>& directory_key) {
  TRY(content, signed_content(body, directory_key));
  const auto* keys = content.if_contains("keys");
  if (keys == nullptr || !keys->is_array()) return wrong("keys");
  ReportDirectory directory;
  for (const auto& entry : keys->get_array()) {
    if (!entry.is_object()) return wrong("keys");
    TRY(use, text_in(entry.get_object(), "use"));
    if (use == "report") {
      TRY(key, read_key(entry.get_object()));
      directory.keys.push_back(key);
    } else if (use == "report-office") {
      TRY(office, read_office(entry.get_object()));
      directory.offices.push_back(std::move(office));
    }
  }
  return directory;
}

Result<SealedEnvelope> seal_report(const KeyHolder& reporter, const GatewayKey& gateway, std::string_view authority,
                                   const domain::Report& report, Moment now) {
  return seal_envelope(report_envelope, reporter, gateway, authority, domain::encode(report), now);
}

Result<domain::ReportAnswer> open_report_answer(const SealedEnvelope& request, BytesView body) {
  TRY(plaintext, open_reply(request.reply_key, body, domain::report_answer_size));
  return domain::parse_report_answer(plaintext);
}

}  // namespace lindung::gateway
