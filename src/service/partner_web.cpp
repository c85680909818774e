#include "service/partner_web.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::size_t most_redirects = 8;
constexpr std::size_t longest_redirect = 512;
constexpr std::string_view https = "https://";

// The host of a plain address is the machine itself.
bool is_here(std::string_view rest) noexcept {
  constexpr std::array names{std::string_view{"localhost"}, std::string_view{"127.0.0.1"}, std::string_view{"[::1]"}};
  return std::ranges::any_of(names, [&](std::string_view name) {
    return rest.starts_with(name) &&
           (rest.size() == name.size() || rest[name.size()] == ':' || rest[name.size()] == '/');
  });
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += line + "\n";
  return out;
}

using Change = std::function<Result<void>(PartnerWeb&)>;

Result<PartnerWeb> change(const Platform& platform, const PartnerId& partner, const Change& make) {
  PartnerWeb web;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(known, transaction.run(store::Sql{"SELECT state FROM partner WHERE partner_id = $1"}, {partner.value()}));
    if (known == 0) return fail(Errc::not_found, "no such partner");
    TRY(read, read_partner_web(transaction, partner));
    web = std::move(read);
    TRYV(make(web));
    const auto redirects = joined(web.redirects);
    TRYV(transaction.run(
        store::Sql{"INSERT INTO partner_web (partner_id, redirects, webhook, changed_at) VALUES ($1, $2, $3, $4) "
                   "ON CONFLICT (partner_id) DO UPDATE SET redirects = excluded.redirects, "
                   "webhook = excluded.webhook, changed_at = excluded.changed_at"},
        {partner.value(), std::string_view{redirects}, std::string_view{web.webhook},
         static_cast<std::int64_t>(unix_seconds(platform.clock.now()))}));
    return ok();
  }));
  return web;
}

}  // namespace

Result<PartnerWeb> read_partner_web(store::Transaction& transaction, const PartnerId& partner) {
  PartnerWeb web;
  TRYV(transaction.run(store::Sql{"SELECT redirects, webhook FROM partner_web WHERE partner_id = $1"},
                       {partner.value()}, [&](const store::Row& row) {
                         for (const auto line : std::views::split(row.text(0), '\n')) {
                           if (!line.empty()) web.redirects.emplace_back(line.begin(), line.end());
                         }
                         web.webhook = row.text(1);
                       }));
  return web;
}

bool is_redirect(std::string_view uri) noexcept {
  const auto is_printable = [](char c) { return c > ' ' && c < 0x7f && c != '#' && c != '"' && c != '\\'; };
  if (uri.empty() || uri.size() > longest_redirect || !std::ranges::all_of(uri, is_printable)) return false;
  if (uri.starts_with(https)) return uri.size() > https.size() && uri[https.size()] != '/';
  constexpr std::string_view http = "http://";
  if (uri.starts_with(http)) return is_here(uri.substr(http.size()));
  const auto scheme = uri.substr(0, uri.find(':'));
  const auto is_of_scheme = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+';
  };
  return scheme.size() < uri.size() && scheme.find('.') != std::string_view::npos && scheme.front() >= 'a' &&
         scheme.front() <= 'z' && std::ranges::all_of(scheme, is_of_scheme);
}

Result<PartnerWeb> add_redirect(const Platform& platform, const PartnerId& partner, const std::string& uri) {
  if (!is_redirect(uri)) {
    return fail(Errc::invalid_argument, "https://…, http://localhost…, or an app's own scheme with a dot is needed");
  }
  return change(platform, partner, [&](PartnerWeb& web) -> Result<void> {
    if (std::ranges::find(web.redirects, uri) != web.redirects.end()) return ok();
    if (web.redirects.size() == most_redirects) return fail(Errc::conflict, "a partner has at most 8 redirects");
    web.redirects.push_back(uri);
    return ok();
  });
}

Result<PartnerWeb> remove_redirect(const Platform& platform, const PartnerId& partner, const std::string& uri) {
  return change(platform, partner, [&](PartnerWeb& web) -> Result<void> {
    if (std::erase(web.redirects, uri) == 0) return fail(Errc::not_found, "the partner has no such redirect");
    return ok();
  });
}

Result<PartnerWeb> set_webhook(const Platform& platform, const PartnerId& partner, const std::string& url) {
  return change(platform, partner, [&](PartnerWeb& web) -> Result<void> {
    web.webhook = url;
    return ok();
  });
}

}  // namespace lindung::service
