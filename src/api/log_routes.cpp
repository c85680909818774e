#include "api/log_routes.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/answer.h"
#include "api/borrow.h"
#include "api/public_get.h"
#include "base/bytes.h"
#include "base/result.h"
#include "http/message.h"
#include "http/router.h"
#include "log/merkle.h"
#include "log/node_reader.h"
#include "log/tile.h"
#include "log/verifier.h"
#include "service/log_publisher.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::string_view log_prefix = "/log/";
constexpr std::chrono::seconds deadline{10};

Result<http::Response> inclusion(service::LogPublisher& publisher, std::string_view query) {
  TRY(index, query_number(query, "index"));
  TRY(size, query_number(query, "size"));
  const auto published = publisher.published_size();
  if (size > published || index >= size) return fail(Errc::not_found, "not in the published tree");
  const auto nodes = log::nodes_of_tiles(published, publisher.folder().source());
  TRY(proof, log::inclusion_proof(index, size, nodes));
  return open_json(json::object{{"index", index}, {"size", size}, {"hashes", proof_json(proof)}});
}

Result<http::Response> consistency(service::LogPublisher& publisher, std::string_view query) {
  TRY(from, query_number(query, "from"));
  TRY(to, query_number(query, "to"));
  const auto published = publisher.published_size();
  if (to > published || from > to || from == 0) return fail(Errc::not_found, "not in the published tree");
  const auto nodes = log::nodes_of_tiles(published, publisher.folder().source());
  TRY(proof, log::consistency_proof(from, to, nodes));
  return open_json(json::object{{"from", from}, {"to", to}, {"hashes", proof_json(proof)}});
}

// checkpoint, log-key, tiles and bundles; a partial tile that has grown since is cut out of the full one.
Result<http::Response> log_file(service::LogPublisher& publisher, std::string_view name) {
  http::Response response;
  open_to_pages(response);
  if (name == log::checkpoint_file || name == log::log_key_file) {
    TRY(content, publisher.folder().read(name));
    response.content_type = "text/plain; charset=utf-8";
    response.fields.emplace_back("Cache-Control", "no-cache");
    response.body.assign(as_text(content));
    return response;
  }
  const auto parsed = log::parse_tile_path(name);
  if (parsed.has_error()) return fail(Errc::not_found, "no such file");
  const auto& tile = parsed.value();
  const auto source = publisher.folder().source();
  TRY(content, tile.level ? log::read_hashes(source, *tile.level, tile.index, tile.width)
                          : log::read_entries(source, tile.index, tile.width));
  response.content_type = "application/octet-stream";
  response.fields.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  response.body.assign(as_text(content));
  return response;
}

RouteHead open_get(std::string path) {
  return {
      .method = "GET", .path = std::move(path), .access = http::Access::anyone, .body_limit = 0, .deadline = deadline};
}

}  // namespace

std::vector<http::Route> log_routes(const LogSource& source) {
  std::vector<http::Route> routes;
  routes.push_back(borrowing_route(open_get("/log/proof/inclusion"), source,
                                   [](service::LogPublisher& publisher, const http::Request& request) {
                                     return inclusion(publisher, request.query());
                                   }));
  routes.push_back(borrowing_route(open_get("/log/proof/consistency"), source,
                                   [](service::LogPublisher& publisher, const http::Request& request) {
                                     return consistency(publisher, request.query());
                                   }));
  routes.push_back(
      borrowing_route(open_get("/log/*"), source, [](service::LogPublisher& publisher, const http::Request& request) {
        return log_file(publisher, request.path().substr(log_prefix.size()));
      }));
  return routes;
}

}  // namespace lindung::api
