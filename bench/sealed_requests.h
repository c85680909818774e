// Requests of the made-up partners of a demo, signed and sealed before the clock starts, as they stand on the wire.
#pragma once

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "demo_process.h"
#include "domain/link_token.h"
#include "domain/question.h"
#include "gateway/partner_client.h"
#include "gateway/signed_head.h"

namespace lindung::bench {

namespace json = boost::json;

inline std::string text_of(const json::value& value, std::string_view name) {
  return std::string{value.at(name).as_string()};
}

template <std::size_t N>
ByteArray<N> hex_of(const json::value& value, std::string_view name) {
  ByteArray<N> out{};
  if (codec::from_hex(text_of(value, name), out).has_error()) die("hex");
  return out;
}

// Whole HTTP requests, ready to be written, of so many check-ins each: one citizen after the other at a few doors.
class Requests {
 public:
  explicit Requests(const Demo& demo) : authority_{demo.file.at("authority").as_string()} {
    const auto& file = demo.file;
    for (const auto& partner : file.at("partners").as_array()) {
      askers_.push_back({.partner = {.partner = PartnerId{text_of(partner, "id")},
                                     .epoch = partner.at("epoch").to_number<std::uint64_t>(),
                                     .key_id = KeyId{text_of(partner, "key_id")},
                                     .signing_key = crypto::Ed25519PrivateKey::from_seed(
                                         Secret<32>{hex_of<32>(partner, "signing_private_key")}),
                                     .pact_digest = hex_of<32>(json::value(file), "pact_digest")},
                         .tokens = {},
                         .next = 0});
    }
    for (const auto& link : file.at("links").as_array()) {
      const auto asker = std::ranges::find(askers_, PartnerId{text_of(link, "partner")},
                                           [](const Asker& each) { return each.partner.partner; });
      asker->tokens.push_back({hex_of<28>(link, "token")});
    }
    std::erase_if(askers_, [](const Asker& each) { return each.tokens.empty(); });
    const auto& key = file.at("gateway_keys").as_array().front();
    gateway_ = {.key_id = static_cast<std::uint8_t>(key.at("key_id").to_number<int>()),
                .public_key = hex_of<32>(key, "public_key")};
    for (const auto& venue : file.at("venues").as_array()) {
      if (venue.at("capacity").to_number<std::uint64_t>() >= 1'000 || venue.at("capacity").to_number<int>() == 0) {
        codes_.push_back(codec::from_hex(text_of(venue, "code")).value());
      }
    }
  }

  std::vector<std::string> seal(std::size_t count, std::size_t check_ins) {
    std::vector<std::string> requests;
    requests.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      auto& asker = askers_[i % askers_.size()];
      const auto now = SystemClock{}.now();
      std::vector<domain::Question> questions;
      for (std::size_t j = 0; j < check_ins; ++j) questions.push_back(next_question(asker, now));
      requests.push_back(
          check_ins == 1
              ? text(gateway::exchange_profile,
                     gateway::seal_request(asker.partner, gateway_, authority_, questions[0], now, seconds{60}).value())
              : text(gateway::bundle_profile,
                     gateway::seal_bundle(asker.partner, gateway_, authority_, questions, now, seconds{60}).value()));
    }
    return requests;
  }

 private:
  struct Asker {
    gateway::PartnerIdentity partner;
    std::vector<domain::LinkToken> tokens;
    std::size_t next{};
  };

  domain::Question next_question(Asker& asker, Moment now) {
    const auto& token = asker.tokens[asker.next++ % asker.tokens.size()];
    const auto& code = codes_[(asker.next + asker.next / asker.tokens.size()) % codes_.size()];
    return {.operation = domain::Operation::check_in,
            .request_id = RequestId{crypto::random_bytes<16>()},
            .token = token,
            .client_time = now,
            .venue_code = code};
  }

  [[nodiscard]] std::string text(const gateway::SignatureProfile& profile,
                                 const gateway::SealedEnvelope& sealed) const {
    auto out = "POST " + std::string{profile.path} + " HTTP/1.1\r\nHost: " + authority_ +
               "\r\nContent-Length: " + std::to_string(sealed.body.size()) + "\r\n";
    for (const auto& [name, value] : sealed.fields) out += name + ": " + value + "\r\n";
    out += "\r\n";
    out += as_text(sealed.body);
    return out;
  }

  std::string authority_;
  std::vector<Asker> askers_;
  gateway::GatewayKey gateway_;
  std::vector<Bytes> codes_;
};

}  // namespace lindung::bench
