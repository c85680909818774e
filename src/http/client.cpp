#include "http/client.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "http/client_stream.h"
#include "http/message.h"
#include "http/response_reader.h"
#include "http/unix_address.h"

namespace lindung::http {

namespace {

using std::chrono::steady_clock;

std::string authority_of(const Endpoint& endpoint, bool tls) {
  if (unix_path(endpoint.host)) return "localhost";
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  auto out = v6 ? "[" + endpoint.host + "]" : endpoint.host;
  if (endpoint.port != (tls ? 443 : 80)) out += ":" + std::to_string(endpoint.port);
  return out;
}

bool has(const ClientRequest& request, std::string_view name) {
  return std::ranges::any_of(request.fields, [&](const auto& field) { return same_name(field.first, name); });
}

bool can_have_body(std::string_view method) { return method == "POST" || method == "PUT" || method == "PATCH"; }

std::string bytes_of(const ClientRequest& request, const std::string& authority) {
  std::string out = request.method + " " + request.target + " HTTP/1.1\r\n";
  const auto add = [&out](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
  };
  if (!has(request, "Host")) add("Host", authority);
  for (const auto& [name, value] : request.fields) add(name, value);
  const bool framed = has(request, "Content-Length") || has(request, "Transfer-Encoding");
  if (!framed && (!request.body.empty() || can_have_body(request.method))) {
    add("Content-Length", std::to_string(request.body.size()));
  }
  return out.append("\r\n").append(request.body);
}

Result<std::uint16_t> port_of(std::string_view digits) {
  std::uint16_t port = 0;
  const auto* const end = digits.data() + digits.size();
  const auto [rest, code] = std::from_chars(digits.data(), end, port);
  if (code != std::errc{} || rest != end || port == 0) return fail(Errc::invalid_argument, "the port of a URL");
  return port;
}

}  // namespace

Result<ParsedUrl> parse_url(std::string_view url) {
  if (unix_path(url)) return ParsedUrl{.endpoint = {.host = std::string{url}}, .authority = "localhost", .tls = false};
  ParsedUrl out;
  if (url.starts_with("https://")) {
    out.tls = true;
  } else if (!url.starts_with("http://")) {
    return fail(Errc::invalid_argument, "a URL begins with http://, https:// or unix:");
  }
  url.remove_prefix(url.find("//") + 2);
  if (url.ends_with('/')) url.remove_suffix(1);
  if (url.find_first_of("/?#@ ") != std::string_view::npos) {
    return fail(Errc::invalid_argument, "a URL with more than scheme, host and port");
  }
  auto host_end = url.find(':');
  auto host = url.substr(0, host_end);
  if (url.starts_with('[')) {
    host_end = url.find(']');
    if (host_end == std::string_view::npos) return fail(Errc::invalid_argument, "a URL with half a bracket");
    host = url.substr(1, host_end - 1);
    ++host_end;
  }
  if (host.empty()) return fail(Errc::invalid_argument, "a URL without a host");
  out.endpoint.host = host;
  out.endpoint.port = out.tls ? 443 : 80;
  if (host_end < url.size()) {
    if (url[host_end] != ':') return fail(Errc::invalid_argument, "the port of a URL");
    TRY(port, port_of(url.substr(host_end + 1)));
    out.endpoint.port = port;
  }
  out.authority = authority_of(out.endpoint, out.tls);
  return out;
}

std::optional<std::string_view> ClientResponse::field(std::string_view name) const noexcept {
  const auto found = std::ranges::find_if(fields, [&](const auto& field) { return same_name(field.first, name); });
  if (found == fields.end()) return std::nullopt;
  return found->second;
}

class Client::Connection {
 public:
  Connection(Endpoint endpoint, ClientOptions options) : endpoint_{std::move(endpoint)}, options_{std::move(options)} {}

  Result<void> open() {
    TRY(stream, ClientStream::open(endpoint_, options_.tls, steady_clock::now() + options_.connect_timeout));
    stream_ = std::move(stream);
    return ok();
  }

  Result<ClientResponse> send(const ClientRequest& request) {
    if (stream_ && stream_->is_stale()) stream_.reset();
    if (!stream_) {
      TRYV(open());
    }
    const auto until = steady_clock::now() + options_.call_timeout;
    ResponseReader reader{options_.max_header_bytes, options_.max_response_bytes, request.method == "HEAD"};
    auto complete = exchange(bytes_of(request, authority_of(endpoint_, options_.tls.has_value())), reader, until);
    if (!complete) {
      stream_.reset();
      auto error = std::move(complete).error();
      if (error.code == Errc::io) error.code = Errc::outcome_unknown;
      return fail("asking " + endpoint_.host, std::move(error));
    }
    if (!reader.keep_alive()) stream_.reset();
    return reader.take();
  }

 private:
  // Errors: io (broken), timeout, malformed, too_large.
  Result<void> exchange(const std::string& bytes, ResponseReader& reader, ClientStream::Deadline until) {
    // A server may answer and close before it has read a large body: its answer counts, not our broken write.
    const auto write = stream_->write(bytes, until);
    if (!write && write.error().code != Errc::io) return write.error();
    std::array<char, std::size_t{16} * 1024> piece;  // NOLINT(*-member-init): read() writes what is used
    while (true) {
      auto count = stream_->read(piece, until);
      if (!count) return write ? std::move(count).error() : write.error();
      if (count.value() == 0) {
        TRY(complete, reader.end());
        if (complete) return ok();
        return fail(Errc::io, "the connection ended before the answer did");
      }
      TRY(complete, reader.feed({piece.data(), count.value()}));
      if (complete) return ok();
    }
  }

  Endpoint endpoint_;
  ClientOptions options_;
  std::unique_ptr<ClientStream> stream_;
};

Client::Client(std::unique_ptr<Connection> connection) noexcept : connection_{std::move(connection)} {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::connect(Endpoint endpoint, ClientOptions options) {
  auto connection = std::make_unique<Connection>(std::move(endpoint), std::move(options));
  TRYV(connection->open());
  return Client{std::move(connection)};
}

Result<ClientResponse> Client::send(const ClientRequest& request) { return connection_->send(request); }

}  // namespace lindung::http
