#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "http/certificates.h"
#include "http/client.h"
#include "http/message.h"
#include "http/router.h"
#include "http/server.h"
#include "http/support.h"

namespace lindung::http {
namespace {

using std::chrono::milliseconds;
using test::route;
using test::serve;
using test::text;

class ServerTls : public testing::Test {
 protected:
  ServerTls() {
    ours.issue("server", "server");
    ours.issue("client", "klinik-7");
    others.issue("stranger", "stranger");
  }

  [[nodiscard]] TlsFiles files() const {
    return {.certificate_chain = ours.certificate("server"), .private_key = ours.key("server")};
  }
  [[nodiscard]] static Route whoami() {
    return route("GET", "/whoami", [](const Request& request, Responder respond) {
      respond(text("[" + std::string{request.client_certificate_subject} + "]"));
    });
  }
  [[nodiscard]] std::unique_ptr<Server> with_client_certificates(bool required) const {
    auto tls = files();
    tls.client_ca = ours.certificate("ca");
    tls.require_client_certificate = required;
    return serve({whoami()}, {.tls = tls});
  }
  [[nodiscard]] Result<ClientResponse> ask(const Server& server, const std::string& certificate = "") const {
    ClientTls tls{.ca_file = ours.certificate("ca")};
    if (!certificate.empty()) {
      tls.certificate_chain = ours.certificate(certificate);
      tls.private_key = ours.key(certificate);
    }
    TRY(client, Client::connect({.host = "127.0.0.1", .port = server.port()}, {.tls = tls}));
    return client.send({.target = "/whoami"});
  }

  test::Folder folder;
  test::Authority ours{folder.path(), "ca"};
  test::Authority others{folder.path(), "other-ca"};
};

// A handshake with any range of versions; the version that was agreed on, or "" when none was.
std::string version_agreed(std::uint16_t port, int lowest, int highest) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  SSL_CTX_set_min_proto_version(context.get(), lowest);
  SSL_CTX_set_max_proto_version(context.get(), highest);
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio{BIO_new_ssl_connect(context.get()), BIO_free_all};
  BIO_set_conn_hostname(bio.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
  SSL* ssl = nullptr;
  BIO_get_ssl(bio.get(), &ssl);
  if (BIO_do_handshake(bio.get()) != 1) return {};
  return SSL_get_version(ssl);
}

TEST_F(ServerTls, ServesOverTls13AndKeepsTheConnection) {
  const auto server = serve({whoami()}, {.tls = files()});
  auto client = Client::connect({.host = "127.0.0.1", .port = server->port()},
                                {.tls = ClientTls{.ca_file = ours.certificate("ca")}});
  ASSERT_TRUE(client.has_value()) << client.error().text();
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.value().send({.target = "/whoami"});
    ASSERT_TRUE(answer.has_value()) << answer.error().text();
    EXPECT_EQ(answer.value().status, 200U);
    EXPECT_EQ(answer.value().body, "[]");
  }
  EXPECT_EQ(server->counters().accepted, 1U);
}

TEST_F(ServerTls, RefusesEverythingOlderThanTls13) {
  const auto server = serve({whoami()}, {.tls = files()});
  EXPECT_EQ(version_agreed(server->port(), TLS1_VERSION, TLS1_2_VERSION), "");
  EXPECT_EQ(version_agreed(server->port(), TLS1_2_VERSION, TLS1_3_VERSION), "TLSv1.3");
}

TEST_F(ServerTls, CarriesLargeBodiesBothWays) {
  auto echo = route("POST", "/b", [](const Request& request, Responder respond) {
    respond(text(std::string{as_text(request.body)}));
  });
  echo.body_limit = std::size_t{8} * 1024 * 1024;
  const auto server = serve({echo}, {.tls = files()});
  auto client = Client::connect({.host = "127.0.0.1", .port = server->port()},
                                {.tls = ClientTls{.ca_file = ours.certificate("ca")}});
  ASSERT_TRUE(client.has_value()) << client.error().text();
  std::string body;
  while (body.size() < std::size_t{3} * 1000 * 1000) body += std::to_string(body.size()) + ",";
  const auto answer = client.value().send({.method = "POST", .target = "/b", .body = body});
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_TRUE(answer.value().body == body);
}

TEST_F(ServerTls, HandsTheSubjectOfAVerifiedClientCertificateToTheHandler) {
  const auto server = with_client_certificates(true);
  const auto answer = ask(*server, "client");
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_EQ(answer.value().body, "[CN=klinik-7,O=Lindung test]");
}

TEST_F(ServerTls, RefusesAClientWithoutACertificateWhenOneIsRequired) {
  const auto server = with_client_certificates(true);
  // TLS 1.3: the client may learn of it only with its first answer.
  EXPECT_FALSE(ask(*server).has_value());
  EXPECT_EQ(server->counters().requests, 0U);
}

TEST_F(ServerTls, ServesAClientWithoutACertificateWhenItIsOptional) {
  const auto server = with_client_certificates(false);
  const auto answer = ask(*server);
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_EQ(answer.value().body, "[]");
}

TEST_F(ServerTls, RefusesACertificateOfAnotherAuthorityAlsoWhenOptional) {
  const auto server = with_client_certificates(false);
  EXPECT_FALSE(ask(*server, "stranger").has_value());
  EXPECT_EQ(server->counters().requests, 0U);
}

TEST_F(ServerTls, TheClientRefusesAServerOfAnotherAuthorityOrName) {
  const auto server = serve({whoami()}, {.tls = files()});
  const auto other_ca = Client::connect({.host = "127.0.0.1", .port = server->port()},
                                        {.tls = ClientTls{.ca_file = ours.certificate("other-ca")}});
  ASSERT_FALSE(other_ca.has_value());
  EXPECT_EQ(other_ca.error().code, Errc::unavailable);
  const auto other_name =
      Client::connect({.host = "127.0.0.1", .port = server->port()},
                      {.tls = ClientTls{.ca_file = ours.certificate("ca"), .server_name = "gateway.example"}});
  ASSERT_FALSE(other_name.has_value());
  EXPECT_EQ(other_name.error().code, Errc::unavailable);
  EXPECT_TRUE(Client::connect({.host = "127.0.0.1", .port = server->port()},
                              {.tls = ClientTls{.ca_file = ours.certificate("ca"), .server_name = "localhost"}})
                  .has_value());
}

TEST_F(ServerTls, AHandshakeThatDoesNotEndIsCut) {
  const auto server = serve({whoami()}, {.tls = files(), .header_timeout = milliseconds{50}});
  test::RawClient client{server->port()};
  client.send("\x16\x03\x01");
  EXPECT_EQ(client.rest(), "");
  EXPECT_EQ(server->counters().timeouts, 1U);
}

TEST_F(ServerTls, AHeadThatDoesNotEndInTimeIs408) {
  const auto server = serve({whoami()}, {.tls = files(), .header_timeout = milliseconds{200}});
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio{BIO_new_ssl_connect(context.get()), BIO_free_all};
  BIO_set_conn_hostname(bio.get(), ("127.0.0.1:" + std::to_string(server->port())).c_str());
  ASSERT_EQ(BIO_do_handshake(bio.get()), 1);
  constexpr std::string_view half{"GET /whoami HT"};
  ASSERT_EQ(BIO_write(bio.get(), half.data(), static_cast<int>(half.size())), static_cast<int>(half.size()));
  std::string answer(4096, '\0');
  const int count = BIO_read(bio.get(), answer.data(), static_cast<int>(answer.size()));
  ASSERT_GT(count, 0);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 "));
  EXPECT_TRUE(test::eventually([&] { return server->counters().open == 0; }));
}

TEST_F(ServerTls, StopsWithAnIdleConnectionOpen) {
  auto server = serve({whoami()}, {.tls = files()});
  auto client = Client::connect({.host = "127.0.0.1", .port = server->port()},
                                {.tls = ClientTls{.ca_file = ours.certificate("ca")}});
  ASSERT_TRUE(client.has_value());
  ASSERT_TRUE(client.value().send({.target = "/whoami"}).has_value());
  server->stop(milliseconds{10'000});
  EXPECT_EQ(server->counters().open, 0U);
}

TEST_F(ServerTls, AMissingOrForeignKeyFileIsNamedAtTheStart) {
  auto tls = files();
  tls.private_key = ours.key("none");
  auto started = Server::start({.address = "127.0.0.1", .tls = tls}, test::table({}));
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, Errc::io);
  EXPECT_NE(started.error().detail.find("none.key"), std::string::npos);
  tls.private_key = ours.key("client");
  started = Server::start({.address = "127.0.0.1", .tls = tls}, test::table({}));
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, Errc::io);
}

}  // namespace
}  // namespace lindung::http
