#include "api/import_claim.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "domain/issuer.h"
#include "http/message.h"
#include "service/import_jobs.h"

namespace lindung::api {

namespace {

constexpr std::size_t max_signature = 72;  // of ECDSA P-256 in DER
constexpr std::size_t max_field = 1024;

auto refuse(std::string_view name, std::string_view why) {
  return fail(Errc::malformed, std::string{import_field} + ": " + std::string{name} + std::string{why});
}

struct Member {
  std::string_view name;
  std::string_view value;  // without its marks
  char mark{};             // '"' or ':'
};

// Takes one member from the front; what is left begins behind it. RFC 8941 sections 3.2, 3.3.3 and 3.3.5; the texts
// that we take need no escapes.
Result<Member> take_member(std::string_view& rest) {
  const auto equals = rest.find('=');
  if (equals == std::string_view::npos || equals + 1 >= rest.size()) return refuse("", "a member without a value");
  Member member{.name = rest.substr(0, equals), .value = {}, .mark = rest[equals + 1]};
  if (member.mark != '"' && member.mark != ':') return refuse("", "a value that is no string and no bytes");
  const auto begin = equals + 2;
  const auto end = rest.find(member.mark, begin);
  if (end == std::string_view::npos) return refuse("", "a value that does not end");
  member.value = rest.substr(begin, end - begin);
  rest.remove_prefix(end + 1);
  return member;
}

constexpr std::string_view blanks = " \t";

void skip_blanks(std::string_view& rest) { rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size())); }

template <class T>
Result<void> set_once(std::optional<T>& place, const Member& member, char mark, Result<T> value) {
  if (place) return refuse(member.name, " stands twice");
  if (member.mark != mark || value.has_error()) return refuse(member.name, " is of another form");
  place = std::move(value).value();
  return ok();
}

Result<std::string> import_id_of(std::string_view text) {
  TRYV(domain::check_import_id(text));
  return std::string{text};
}

Result<Hash> hash_of(std::string_view text) {
  TRY(bytes, codec::from_base64(text));
  if (bytes.size() != Hash{}.size()) return fail(Errc::malformed);
  return take<32>(bytes);
}

Result<Bytes> signature_of(std::string_view text) {
  TRY(bytes, codec::from_base64(text));
  if (bytes.empty() || bytes.size() > max_signature) return fail(Errc::malformed);
  return bytes;
}

}  // namespace

Result<service::ImportClaim> parse_import_claim(std::string_view field) {
  if (field.size() > max_field) return refuse("", "too long");
  std::optional<IssuerId> issuer;
  std::optional<std::string> id;
  std::optional<Hash> digest;
  std::optional<Bytes> signature;
  auto rest = field;
  skip_blanks(rest);
  while (true) {
    TRY(member, take_member(rest));
    if (member.name == "issuer") {
      TRYV(set_once(issuer, member, '"', domain::parse_issuer_id(member.value)));
    } else if (member.name == "id") {
      TRYV(set_once(id, member, '"', import_id_of(member.value)));
    } else if (member.name == "digest") {
      TRYV(set_once(digest, member, ':', hash_of(member.value)));
    } else if (member.name == "signature") {
      TRYV(set_once(signature, member, ':', signature_of(member.value)));
    } else {
      return refuse("", "a member that is not known");
    }
    skip_blanks(rest);
    if (rest.empty()) break;
    if (rest.front() != ',') return refuse(member.name, " has something behind it");
    rest.remove_prefix(1);
    skip_blanks(rest);
  }
  if (!issuer || !id || !digest || !signature) return refuse("", "issuer, id, digest and signature are needed");
  return service::ImportClaim{.issuer = std::move(*issuer),
                              .import_id = std::move(*id),
                              .content = *digest,
                              .signature = std::move(*signature)};
}

Result<service::ImportClaim> import_claim(const http::Request& request) {
  const auto [is_there, value] = request.only(import_field);
  if (!is_there) return refuse("", "this field is needed, once");
  return parse_import_claim(value);
}

}  // namespace lindung::api
