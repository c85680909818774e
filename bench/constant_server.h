// The same server without its store and its log: HTTP, signature, opening and sealing, and one answer for everybody.
// What a durable check-in costs beyond it is what the store and the log cost.
#pragma once

#include <unistd.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <csignal>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/exchange_route.h"
#include "api/problem.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "demo_process.h"
#include "domain/answer.h"
#include "domain/partner.h"
#include "gateway/door.h"
#include "gateway/envelope.h"
#include "gateway/exchange_keys.h"
#include "http/message.h"
#include "http/router.h"
#include "http/server.h"
#include "service/directory.h"

namespace lindung::bench {

inline constexpr int constant_key_id = 1;

// The partners of a demo file, with the keys that it gives them.
inline service::Directory directory_of(const json::object& file) {
  service::Directory directory;
  const auto bytes_of = [](const json::value& value, std::string_view name) {
    ByteArray<32> out{};
    if (codec::from_hex(value.at(name).as_string(), out).has_error()) die("hex");
    return out;
  };
  for (const auto& partner : file.at("partners").as_array()) {
    const PartnerId id{std::string{partner.at("id").as_string()}};
    const KeyId key{std::string{partner.at("key_id").as_string()}};
    const auto signing = crypto::Ed25519PrivateKey::from_seed(Secret<32>{bytes_of(partner, "signing_private_key")});
    directory.partners[id] = {.id = id,
                              .state = domain::PartnerState::active,
                              .profile = domain::Profile::colour,
                              .epoch = partner.at("epoch").to_number<std::uint64_t>(),
                              .cut_index = {}};
    directory.keys.emplace(key.value(), service::DirectoryKey{.id = key,
                                                              .partner = id,
                                                              .public_key = signing.public_key(),
                                                              .not_before = Moment{},
                                                              .not_after = Moment::max()});
  }
  directory.pacts.current = bytes_of(json::value(file), "pact_digest");
  return directory;
}

inline http::Route constant_route(const gateway::Door& door) {
  return {.method = "POST",
          .path = std::string{gateway::exchange_profile.path},
          .access = http::Access::proves_itself,
          .body_limit = api::exchange_body_limit,
          .deadline = api::exchange_deadline,
          .runs_on = http::RunsOn::io_thread,
          .handler = [&door](const http::Request& request, http::Responder responder) {
            const auto opened = door.admit(request);
            if (opened.has_error()) {
              responder(api::problem(opened.error()));
              return;
            }
            const auto& question = opened.value();
            const domain::Answer answer{.outcome = domain::Outcome::allow,
                                        .colour = domain::Colour::green,
                                        .answered_before = false,
                                        .request_id = question.content().request_id,
                                        .answered_at = question.content().client_time,
                                        .log_index = 0,
                                        .leaf_hash = {},
                                        .next_token = {},
                                        .opening = {},
                                        .evidence = question.proof().evidence};
            const auto body = gateway::seal_reply(question.reply_key(), domain::encode(answer));
            http::Response response;
            response.content_type = gateway::exchange_envelope.reply_content_type;
            response.fields.emplace_back("Cache-Control", "no-store");
            response.body.assign(as_text(body));
            responder(std::move(response));
          }};
}

// Ends with the process: the parent kills it.
[[noreturn]] inline void serve_constant(const Demo& like, const crypto::X25519PrivateKey& key, int report_port) {
  const SystemClock clock;
  service::CurrentDirectory directory;
  const auto filled = directory.replace([&]() -> Result<service::Directory> { return directory_of(like.file); });
  if (filled.has_error()) ::_exit(1);
  auto table = std::make_unique<gateway::ExchangeKeys::Table>();
  table->at(constant_key_id) = {.key = key, .not_before = Moment{}, .not_after = clock.now() + std::chrono::hours{24}};
  gateway::ExchangeKeys keys;
  keys.set(std::move(table));
  const gateway::Door door{
      clock, directory, keys, {.names = {std::string{like.file.at("authority").as_string()}}, .https = false}};
  std::vector<http::Route> routes;
  routes.push_back(constant_route(door));
  const auto router = std::make_shared<const http::Router>(std::move(routes), api::problem);
  const auto server = http::Server::start({.address = "127.0.0.1", .port = 0}, router);
  if (server.has_error()) ::_exit(1);
  const std::uint16_t port = server.value()->port();
  if (::write(report_port, &port, sizeof port) != sizeof port) ::_exit(1);
  for (;;) ::pause();
}

// A demo like another, whose answers are all the same. Ends the benchmark when it cannot be started.
inline Demo start_constant_server(const Options& options, const Demo& like) {
  const auto key = crypto::X25519PrivateKey::generate();
  std::array<int, 2> report{};
  if (::pipe(report.data()) != 0) die("pipe");
  Demo constant{.pid = ::fork(), .folder = {}, .file = like.file};
  if (constant.pid == 0) {
    pin_server(options);
    serve_constant(like, key, report[1]);
  }
  std::uint16_t port = 0;
  ::close(report[1]);
  if (::read(report[0], &port, sizeof port) != sizeof port) die("the constant server did not start");
  ::close(report[0]);
  constant.file["url"] = "http://127.0.0.1:" + std::to_string(port);
  json::array keys;
  keys.emplace_back(json::object{{"key_id", constant_key_id}, {"public_key", codec::hex(key.public_key())}});
  constant.file["gateway_keys"] = std::move(keys);
  return constant;
}

}  // namespace lindung::bench
