#include "api/gone.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <cctype>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/html.h"
#include "api/problem.h"
#include "base/time.h"
#include "codec/json.h"
#include "http/message.h"
#include "http/router.h"

namespace lindung::api {

namespace {

constexpr unsigned gone_status = 410;
constexpr std::string_view gone_type = "urn:lindung:problem:gone";
constexpr std::size_t probe_limit = 64UL * 1024;

// "2026-11-22"
std::string day_text(Moment at) { return rfc3339(at).substr(0, 10); }

std::string indonesian(const GoneSystem& system) {
  auto text = "Sistem " + system.name + " telah ditutup pada " + day_text(system.closed_at) +
              ". Kuncinya telah dimusnahkan; datanya tidak dapat dibaca lagi.";
  if (!system.successor.empty()) text += " Penggantinya: " + system.successor + ".";
  return text;
}

std::string english(const GoneSystem& system) {
  auto text = "The system " + system.name + " was closed on " + day_text(system.closed_at) +
              ". Its keys are destroyed; its data cannot be read any more.";
  if (!system.successor.empty()) text += " What took its place: " + system.successor + ".";
  return text;
}

bool wants_html(const http::Request& request) {
  const auto [is_there, accept] = request.only("Accept");
  return is_there && accept.find("text/html") != std::string_view::npos;
}

// Of "EHAC.example.go.id:443" the name, in small letters.
std::string host_name(std::string_view host) {
  if (const auto colon = host.rfind(':'); colon != std::string_view::npos && !host.ends_with(']')) {
    host = host.substr(0, colon);
  }
  if (host.ends_with('.')) host.remove_suffix(1);
  std::string out{host};
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

}  // namespace

http::Response gone_response(const GoneSystem& system, const http::Request& request) {
  if (wants_html(request)) {
    return html_page(gone_status, "410 " + system.name,
                     "<h1>410</h1>\n<p>" + escape_html(indonesian(system)) + "</p>\n<p lang=\"en\">" +
                         escape_html(english(system)) + "</p>\n");
  }
  http::Response response;
  response.status = gone_status;
  response.content_type = "application/problem+json";
  response.fields.emplace_back("Cache-Control", "no-store");
  response.body = codec::to_text(
      boost::json::object{{"type", gone_type},
                          {"title", "This system was closed"},
                          {"status", gone_status},
                          {"system", system.name},
                          {"closed_at", rfc3339(system.closed_at)},
                          {"text", boost::json::object{{"id", indonesian(system)}, {"en", english(system)}}}});
  return response;
}

http::Router gone_router(GoneSystem system) {
  return {{}, problem, [system = std::move(system)](const http::Request& request) -> std::optional<http::Response> {
            return gone_response(system, request);
          }};
}

const GoneSystem* gone_host(const std::vector<GoneSystem>& systems, const http::Request& request) {
  const auto [is_there, host] = request.only("Host");
  if (!is_there) return nullptr;
  const auto name = host_name(host);
  const auto found = std::ranges::find_if(
      systems, [&](const GoneSystem& system) { return std::ranges::find(system.hosts, name) != system.hosts.end(); });
  return found == systems.end() ? nullptr : &*found;
}

bool is_gone_response(unsigned status, std::string_view body, std::string_view system) {
  if (status != gone_status) return false;
  const auto read = codec::parse_json(body, {.bytes = probe_limit, .depth = 4});
  const auto* object = read.has_value() ? read.value().if_object() : nullptr;
  const auto* type = object == nullptr ? nullptr : object->if_contains("type");
  const auto* name = object == nullptr ? nullptr : object->if_contains("system");
  return type != nullptr && type->is_string() && type->get_string() == gone_type && name != nullptr &&
         name->is_string() && name->get_string() == system;
}

}  // namespace lindung::api
