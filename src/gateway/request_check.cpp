#include "gateway/request_check.h"

#include <algorithm>
#include <array>
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
#include "crypto/digest.h"
#include "domain/question.h"
#include "gateway/envelope.h"
#include "gateway/finding.h"
#include "gateway/signature_check.h"
#include "gateway/signed_head.h"
#include "http/message.h"

namespace lindung::gateway {

namespace {

constexpr auto request_body_size = sealed_request_size(domain::question_size);
constexpr std::size_t key_id_offset = 0;
constexpr std::string_view blanks = " \t";

std::string quoted(std::string_view text) { return '"' + std::string{text} + '"'; }

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

// The only value of a field; says what is wrong when there is not exactly one.
const std::string_view* only_value(const std::vector<std::string_view>& values, const std::string& name,
                                   Findings& findings) {
  if (values.size() == 1) return values.data();
  findings.wrong(name, values.empty() ? "is missing" : "stands " + std::to_string(values.size()) + " times",
                 "Send " + name + " once, on one line.");
  return nullptr;
}

void check_request_line(const CapturedRequest& request, Findings& findings) {
  const auto path = std::string{exchange_profile.path};
  if (request.method != "POST") {
    findings.wrong("method", "is " + request.method, "Questions are sent with POST.");
  } else {
    findings.good("method", "POST");
  }
  if (request.target == path) return findings.good("target", path);
  std::string why = "is not " + path;
  if (request.target.starts_with("http")) why = "is a whole URL (absolute form)";
  if (request.target.starts_with(path + "?")) why = "has a query";
  if (request.target == path + "/") why = "has a slash behind it";
  findings.wrong("target", why, "Send exactly `POST " + path + " HTTP/1.1`.");
}

void check_host(const CapturedRequest& request, const PartnerTruth& truth, Findings& findings) {
  const auto values = request.values("host");
  const auto* host = only_value(values, "Host", findings);
  if (host == nullptr) return;
  if (truth.authority.empty()) {
    return findings.unknown("Host", "is " + quoted(*host), "Give --url to have it compared with the gateway's name.");
  }
  if (authority_of(*host, truth) == truth.authority) return findings.good("Host", "is " + quoted(*host));
  findings.wrong("Host", "is " + quoted(*host) + ", and the gateway is " + quoted(truth.authority),
                 "Send the gateway's public name; a proxy on your side must not rewrite it.");
}

void check_framing(const CapturedRequest& request, Findings& findings) {
  for (const char* name : {"Transfer-Encoding", "Content-Encoding"}) {
    if (request.values(name).empty()) continue;
    findings.wrong(name, "is there", "Send the 311 bytes as they are, with Content-Length: no chunks, no compression.");
  }
  const auto size = request.body.size();
  const auto values = request.values("content-length");
  if (const auto* length = only_value(values, "Content-Length", findings)) {
    if (*length == std::to_string(request_body_size)) {
      findings.good("Content-Length", std::string{*length});
    } else {
      findings.wrong("Content-Length", "is " + quoted(*length), "A question is always 311 bytes.");
    }
  }
  if (size == request_body_size) return findings.good("body", "311 bytes");
  std::string mend = "Send hdr(7) | enc(32) | ciphertext(272), as bytes.";
  if (size == 2 * request_body_size) mend = "It looks like hex: send the bytes themselves.";
  if (size == (request_body_size + 2) / 3 * 4) mend = "It looks like base64: send the bytes themselves.";
  if (size == request_body_size + 1) mend += " One byte too many is often a line end that an editor put behind it.";
  findings.wrong("body", "is " + std::to_string(size) + " bytes instead of 311", std::move(mend));
}

void check_content_type(const CapturedRequest& request, Findings& findings) {
  const auto values = request.values("content-type");
  const auto* type = only_value(values, "Content-Type", findings);
  if (type == nullptr) return;
  const auto wanted = std::string{exchange_profile.content_type};
  if (*type == wanted) return findings.good("Content-Type", wanted);
  findings.wrong("Content-Type", "is " + quoted(*type), "Send exactly " + wanted + ", without parameters.");
}

// "sha-256=:…:" alone, or a word on what else it is.
std::string digest_fault(std::string_view value) {
  constexpr std::string_view prefix = "sha-256=:";
  if (value.find(',') != std::string_view::npos) return "has a second member";
  if (value.starts_with("sha-512")) return "is SHA-512";
  if (!value.starts_with(prefix) || !value.ends_with(':')) return "is not of the form sha-256=:BASE64:";
  const auto inside = value.substr(prefix.size(), value.size() - prefix.size() - 1);
  if (inside.size() == 64 && codec::from_hex(inside).has_value()) return "holds hex instead of base64";
  if (inside.find_first_of("-_") != std::string_view::npos) return "holds base64url instead of base64";
  return "does not hold the base64 of 32 bytes, padded";
}

std::optional<Hash> read_digest(std::string_view value) {
  constexpr std::string_view prefix = "sha-256=:";
  Hash digest{};
  if (!value.starts_with(prefix) || !value.ends_with(':') || value.size() <= prefix.size()) return {};
  const auto inside = value.substr(prefix.size(), value.size() - prefix.size() - 1);
  return codec::from_base64(inside, digest).has_value() ? std::optional{digest} : std::nullopt;
}

void check_digest(const CapturedRequest& request, Findings& findings) {
  const auto values = request.values("content-digest");
  const auto* field = only_value(values, "Content-Digest", findings);
  if (field == nullptr) return;
  const auto digest = read_digest(*field);
  if (!digest) {
    return findings.wrong("Content-Digest", digest_fault(*field), "Send sha-256=:BASE64 OF SHA-256(body):, alone.");
  }
  const BytesView body{request.body};
  if (*digest == crypto::sha256(body)) return findings.good("Content-Digest", "is that of the body");
  std::string why = "is not the SHA-256 of the body";
  if (*digest == crypto::sha256(BytesView{})) why = "is that of an empty body";
  if (*digest == crypto::sha256(as_bytes(codec::hex(body)))) why = "is that of the body written in hex";
  if (*digest == crypto::sha256(as_bytes(codec::base64(body)))) why = "is that of the body written in base64";
  findings.wrong("Content-Digest", why, "Compute it over the very bytes that are sent, after sealing.");
}

void check_pact(const CapturedRequest& request, const PartnerTruth& truth, Findings& findings) {
  const auto values = request.values("lindung-pact");
  const auto* field = only_value(values, "Lindung-Pact", findings);
  if (field == nullptr) return;
  const auto digest = read_digest(*field);
  if (!digest) {
    return findings.wrong("Lindung-Pact", digest_fault(*field), "Send sha-256=:BASE64 OF SHA-256(pact text):, alone.");
  }
  if (!truth.directory) {
    return findings.unknown("Lindung-Pact", "is of the right form",
                            "Give --url to have it compared with the pact in force.");
  }
  if (*digest == truth.directory->pact) return findings.good("Lindung-Pact", "is the pact in force");
  if (truth.directory->next_pact && *digest == *truth.directory->next_pact) {
    return findings.good("Lindung-Pact", "is the next pact");
  }
  findings.wrong("Lindung-Pact", "is another text than the pact in force (" + codec::hex(truth.directory->pact) + ")",
                 "Take the digest from the key directory (`pact.current`), and have your signature of it filed.");
}

void check_sealed_part(const CapturedRequest& request, const PartnerTruth& truth, Findings& findings) {
  if (request.body.size() < envelope_header_size + enc_size) return;
  const BytesView body{request.body};
  if (!std::ranges::equal(body.subspan(1, suite.size()), suite)) {
    findings.wrong("suite", "is " + codec::hex(body.subspan(1, suite.size())) + " instead of 002000010001",
                   "Seal with DHKEM(X25519), HKDF-SHA256 and AES-128-GCM, and write that in bytes 1 to 6.");
  } else {
    findings.good("suite", "X25519, HKDF-SHA256, AES-128-GCM");
  }
  if (std::ranges::all_of(body.subspan(envelope_header_size, enc_size), [](std::uint8_t byte) { return byte == 0; })) {
    findings.wrong("enc", "is all zeros", "Put the ephemeral public key of the HPKE sender into bytes 7 to 38.");
  }
  const auto id = body[key_id_offset];
  const auto name = "gateway key " + std::to_string(id);
  if (!truth.directory) {
    return findings.unknown(name, "was used", "Give --url to have it looked for in the key directory.");
  }
  const auto& keys = truth.directory->exchange_keys;
  const auto key = std::ranges::find_if(keys, [&](const auto& each) { return each.key.key_id == id; });
  constexpr std::string_view mend = "Fetch the keys and seal anew, with the same request id and client time.";
  if (key == keys.end()) return findings.wrong(name, "is not in the key directory", std::string{mend});
  if (truth.sent_at > key->not_after + seconds{120}) {
    return findings.wrong(name, "was retired at " + rfc3339(key->not_after), std::string{mend});
  }
  if (truth.sent_at < key->not_before) {
    return findings.wrong(name, "is used from " + rfc3339(key->not_before) + " on", std::string{mend});
  }
  findings.good(name, "is in the key directory, until " + rfc3339(key->not_after));
}

// The base that the gateway verifies, from the fields as they were sent.
std::string base_of(const CapturedRequest& request, const PartnerTruth& truth) {
  const auto value = [&](std::string_view name) {
    const auto values = request.values(name);
    return values.size() == 1 ? values.front() : std::string_view{};
  };
  constexpr std::string_view label = "lindung=";
  const auto input = value("signature-input");
  if (!input.starts_with(label) || value("host").empty() || value("content-digest").empty() ||
      value("lindung-pact").empty()) {
    return {};
  }
  return signature_base(exchange_profile, authority_of(value("host"), truth), value("content-digest"),
                        value("lindung-pact"), input.substr(label.size()));
}

// The door's own reading has the last word: what the findings have no name for is still wrong.
void ask_the_door(const CapturedRequest& request, const PartnerTruth& truth, Findings& findings) {
  std::vector<http::Field> fields;
  for (const auto& [name, value] : request.fields) fields.push_back({.name = name, .value = value});
  const http::Request as_sent{.method = request.method,
                              .target = request.target,
                              .fields = fields,
                              .body = request.body,
                              .framed_by_content_length = true,
                              .client_certificate_subject = {}};
  const auto hosts = request.values("host");
  const auto host = hosts.empty() ? std::string_view{} : hosts.front();
  const Authorities any{.names = {authority_of(host, truth), authority_of(host, {.sent_at = {}})}, .https = true};
  const auto head = parse_signed_head(as_sent, exchange_profile, any);
  if (head.has_error() && !findings.has_wrong()) {
    findings.wrong("spelling", head.error().detail, "Spell it as protocol.md section 4 does, to the letter.");
  }
}

}  // namespace

std::string authority_of(std::string_view host, const PartnerTruth& truth) {
  std::string lower{host};
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  for (const std::string_view port : {":443", ":80"}) {
    if (lower == truth.authority + std::string{port}) lower = truth.authority;
  }
  return lower;
}

std::vector<std::string_view> CapturedRequest::values(std::string_view name) const {
  std::vector<std::string_view> out;
  for (const auto& field : fields) {
    if (http::same_name(field.first, name)) out.emplace_back(field.second);
  }
  return out;
}

Result<CapturedRequest> parse_captured(std::string_view text) {
  CapturedRequest request;
  const auto line = take_line(text);
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || last == first || !line.substr(last + 1).starts_with("HTTP/")) {
    return fail(Errc::malformed, "line 1 is not `POST /v1/partner/exchange HTTP/1.1`");
  }
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, last - first - 1);
  for (std::size_t number = 2; !text.empty(); ++number) {
    const auto field = take_line(text);
    if (field.empty()) break;
    const auto colon = field.find(':');
    if (colon == 0 || colon == std::string_view::npos) {
      return fail(Errc::malformed, "line " + std::to_string(number) + " is no header field");
    }
    request.fields.emplace_back(field.substr(0, colon), trimmed(field.substr(colon + 1)));
  }
  const auto body = as_bytes(text);
  request.body.assign(body.begin(), body.end());
  return request;
}

RequestReport check_request(const CapturedRequest& request, const PartnerTruth& truth) {
  RequestReport report;
  auto& findings = report.findings;
  check_request_line(request, findings);
  check_host(request, truth, findings);
  check_framing(request, findings);
  check_content_type(request, findings);
  check_digest(request, findings);
  check_pact(request, truth, findings);
  check_signature_input(request, truth, findings);
  report.signature_base = base_of(request, truth);
  check_signature(request, truth, report.signature_base, findings);
  check_sealed_part(request, truth, findings);
  ask_the_door(request, truth, findings);
  return report;
}

}  // namespace lindung::gateway
