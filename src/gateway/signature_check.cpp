#include "gateway/signature_check.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "gateway/finding.h"
#include "gateway/request_check.h"
#include "gateway/signed_head.h"

namespace lindung::gateway {

namespace {

constexpr std::array<std::string_view, 6> wanted_components{"@method",      "@authority",     "@path",
                                                            "content-type", "content-digest", "lindung-pact"};
constexpr std::array<std::string_view, 6> wanted_parameters{"created", "expires", "nonce", "keyid", "alg", "tag"};
constexpr std::int64_t age_limit = 60;  // protocol.md section 4, "Clock"
constexpr std::int64_t lead_limit = 30;
constexpr std::int64_t life_limit = 60;
constexpr std::string_view label = "lindung=";
constexpr std::string_view spelling = "Spell it as protocol.md section 4 does, to the letter.";
constexpr std::string_view clock_mend =
    "Keep the clock of the machine that signs by a time service, and sign each attempt when it is sent.";

struct Parameter {
  std::string_view name;
  std::string_view value;  // as it stands, with its quotes
};

// ("a" "b");x=1;y="2" in its two halves.
struct Input {
  std::vector<std::string_view> components;  // with their quotes and parameters
  std::vector<Parameter> parameters;
};

// Cuts at a character outside of quotes.
std::vector<std::string_view> cut(std::string_view text, char at) {
  std::vector<std::string_view> pieces;
  bool inside = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') inside = !inside;
    if (text[i] != at || inside) continue;
    pieces.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  pieces.push_back(text.substr(begin));
  return pieces;
}

std::optional<Input> read_input(std::string_view text) {
  const auto end = text.find(')');
  if (!text.starts_with('(') || end == std::string_view::npos) return {};
  Input input;
  input.components = cut(text.substr(1, end - 1), ' ');
  const auto behind = text.substr(end + 1);
  if (behind.empty()) return input;
  for (const auto piece : cut(behind.substr(1), ';')) {
    const auto equals = piece.find('=');
    if (equals == std::string_view::npos) {
      input.parameters.push_back({.name = piece, .value = {}});
    } else {
      input.parameters.push_back({.name = piece.substr(0, equals), .value = piece.substr(equals + 1)});
    }
  }
  return input;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

std::optional<Input> input_of(const CapturedRequest& request) {
  const auto values = request.values("signature-input");
  if (values.size() != 1 || !values.front().starts_with(label)) return {};
  return read_input(values.front().substr(label.size()));
}

std::vector<std::string> quoted_components() {
  std::vector<std::string> quoted;
  for (const auto name : wanted_components) quoted.push_back('"' + std::string{name} + '"');
  return quoted;
}

bool covers_the_six(const Input& input) { return std::ranges::equal(input.components, quoted_components()); }

void check_components(const Input& input, Findings& findings) {
  if (covers_the_six(input)) return findings.good("components", "the six, in their order");
  const auto quoted = quoted_components();
  std::vector<std::string> missing;
  std::vector<std::string> foreign;
  for (const auto& name : quoted) {
    if (std::ranges::find(input.components, std::string_view{name}) == input.components.end()) missing.push_back(name);
  }
  for (const auto name : input.components) {
    if (std::ranges::find(quoted, name) == quoted.end()) foreign.emplace_back(name);
  }
  std::string found;
  if (!missing.empty()) found += "lack " + list_of(missing);
  if (!foreign.empty()) found += (found.empty() ? "have " : " and have ") + list_of(foreign);
  if (found.empty()) found = "stand in another order, or twice";
  findings.wrong("components", found, "Cover exactly " + list_of(quoted) + ", in this order, without parameters.");
}

void check_parameter_names(const Input& input, Findings& findings) {
  if (std::ranges::equal(input.parameters, wanted_parameters, {}, &Parameter::name)) return;
  std::vector<std::string> missing;
  std::vector<std::string> foreign;
  for (const auto name : wanted_parameters) {
    if (std::ranges::find(input.parameters, name, &Parameter::name) == input.parameters.end()) {
      missing.emplace_back(name);
    }
  }
  for (const auto& each : input.parameters) {
    if (std::ranges::find(wanted_parameters, each.name) == wanted_parameters.end()) foreign.emplace_back(each.name);
  }
  std::string found;
  if (!missing.empty()) found += "lack " + list_of(missing);
  if (!foreign.empty()) found += (found.empty() ? "have " : " and have ") + list_of(foreign);
  if (found.empty()) found = "stand in another order, or twice";
  findings.wrong("parameters", found,
                 "Write created, expires, nonce, keyid, alg and tag, in this order, with nothing between but `;`.");
}

std::optional<std::string_view> value_of(const Input& input, std::string_view name) {
  const auto found = std::ranges::find(input.parameters, name, &Parameter::name);
  return found == input.parameters.end() ? std::nullopt : std::optional{found->value};
}

std::optional<std::int64_t> time_of(const Input& input, std::string_view name, Findings& findings) {
  const auto text = value_of(input, name);
  if (!text) return {};
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error == std::errc{} && end == text->data() + text->size() && value > 0 && !text->starts_with('0')) return value;
  findings.wrong(std::string{name}, "is no whole number of seconds",
                 "Write Unix seconds as a plain integer: no quotes, no fraction, no milliseconds.");
  return {};
}

std::string by(std::int64_t seconds_off) { return std::to_string(seconds_off) + " s"; }

void check_times(const Input& input, const PartnerTruth& truth, Findings& findings) {
  const auto created = time_of(input, "created", findings);
  const auto expires = time_of(input, "expires", findings);
  const auto now = static_cast<std::int64_t>(unix_seconds(truth.sent_at));
  constexpr std::int64_t milliseconds_from = 100'000'000'000;
  if (created && *created > milliseconds_from) {
    findings.wrong("created", "looks like milliseconds", "Write Unix seconds.");
    return;
  }
  if (created && *created < now - age_limit) {
    findings.wrong("created", "is " + by(now - *created) + " old when the request is sent; 60 s are allowed",
                   std::string{clock_mend});
  } else if (created && *created > now + lead_limit) {
    findings.wrong("created", "is " + by(*created - now) + " ahead of the time; 30 s are allowed",
                   std::string{clock_mend});
  } else if (created) {
    findings.good("created", "is " + by(now - *created) + " old");
  }
  if (!expires) return;
  if (*expires < now) {
    findings.wrong("expires", "was " + by(now - *expires) + " ago", std::string{clock_mend});
  } else if (created && *expires <= *created) {
    findings.wrong("expires", "is not behind created", "Let it be 30 s behind created.");
  } else if (created && *expires - *created > life_limit) {
    findings.wrong("expires", "is " + by(*expires - *created) + " behind created; 60 s are allowed",
                   "Let it be 30 s behind created.");
  } else {
    findings.good("expires", "is in " + by(*expires - now));
  }
}

std::optional<std::string_view> unquoted(std::string_view value) {
  if (value.size() < 2 || !value.starts_with('"') || !value.ends_with('"')) return {};
  return value.substr(1, value.size() - 2);
}

void check_nonce(const Input& input, Findings& findings) {
  const auto value = value_of(input, "nonce");
  if (!value) return;
  const auto text = unquoted(*value);
  ByteArray<16> nonce{};
  if (text && codec::from_base64url(*text, nonce).has_value()) return findings.good("nonce", "16 bytes");
  std::string found = "is not the base64url of 16 bytes";
  if (text && text->ends_with('=')) found = "is padded";
  if (text && text->find_first_of("+/") != std::string_view::npos) found = "is base64 instead of base64url";
  if (text && text->size() == 22 && text->find_first_of("=+/") == std::string_view::npos) {
    found = "has bits set behind its 16 bytes";
  }
  if (!text) found = "has no quotes";
  findings.wrong("nonce", found, "Write 16 fresh random bytes as 22 characters of unpadded base64url, in quotes.");
}

void check_key_id(const Input& input, const PartnerTruth& truth, Findings& findings) {
  const auto value = value_of(input, "keyid");
  if (!value) return;
  const auto text = unquoted(*value);
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789.-";
  if (!text || text->empty() || text->size() > 64 || text->find_first_not_of(allowed) != std::string_view::npos) {
    return findings.wrong("keyid", "does not match [a-z0-9.-]{1,64} in quotes",
                          "Write the id under which the key was registered; lower-case only.");
  }
  if (truth.key_id.empty()) {
    return findings.unknown("keyid", "is " + std::string{*text}, "Give --key-id to have it compared.");
  }
  if (*text == truth.key_id) return findings.good("keyid", std::string{*text});
  findings.wrong("keyid", "is " + std::string{*text} + ", and the key is " + truth.key_id,
                 "Name the key that signs; both are valid while one takes over from the other.");
}

void check_literal(const Input& input, std::string_view name, const std::string& wanted, Findings& findings) {
  const auto value = value_of(input, name);
  if (!value) return;
  if (*value == wanted) return findings.good(std::string{name}, wanted);
  findings.wrong(std::string{name}, "is " + std::string{*value}, "Write " + wanted + ".");
}

// Bytes that partners are known to sign instead of the right ones.
struct Mistake {
  std::string part;
  std::string found;
  std::string signed_text;
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  return at == std::string::npos ? std::string{} : text.replace(at, from.size(), to);
}

std::string with_crlf(const std::string& base) {
  std::string out;
  for (const char c : base) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

std::vector<Mistake> known_mistakes(const CapturedRequest& request, const PartnerTruth& truth,
                                    const std::string& base) {
  std::vector<Mistake> all;
  const auto host = request.values("host").front();
  const auto lower = authority_of(host, truth);
  const auto authority = [&](const std::string& other) {
    if (other == lower) return;
    all.push_back({"@authority", "was signed as \"" + other + "\", and Host says \"" + lower + "\"",
                   replaced(base, "\"@authority\": " + lower, "\"@authority\": " + other)});
  };
  authority(std::string{host});
  if (!truth.authority.empty()) authority(truth.authority);
  authority(lower.substr(0, lower.rfind(':')));
  authority(lower + ":443");
  authority(lower + ":80");
  const auto instead = [&](const char* part, std::string_view from, const std::string& to) {
    all.push_back({part, "was signed as " + to, replaced(base, from, to)});
  };
  instead("@method", "\"@method\": POST", "\"@method\": post");
  const std::string path{exchange_profile.path};
  instead("@path", "\"@path\": " + path, "\"@path\": " + path + "/");
  instead("@path", "\"@path\": " + path, "\"@path\": ");
  instead("@path", "\"@path\": " + path, "\"@path\": https://" + lower + path);
  const std::string type{exchange_profile.content_type};
  for (const auto sent : request.values("content-type")) {
    if (sent != type) instead("content-type", type, std::string{sent});
  }
  const auto digest = request.values("content-digest").front();
  instead("content-digest", digest, digest_field(crypto::sha256(request.body)));
  const auto pact = request.values("lindung-pact").front();
  if (truth.directory) instead("lindung-pact", pact, digest_field(truth.directory->pact));
  all.push_back({"signature base", "was signed with a line end behind its last line", base + "\n"});
  all.push_back({"signature base", "was signed with CR LF between its lines", with_crlf(base)});
  all.push_back({"signature base", "was signed with the label in @signature-params",
                 replaced(base, "\"@signature-params\": ", "\"@signature-params\": lindung=")});
  all.push_back({"signature base", "was signed without its last line, @signature-params",
                 base.substr(0, base.rfind("\n\"@signature-params\""))});
  const auto hash = crypto::sha256(as_bytes(base));
  all.push_back({"signature base", "was hashed before it was signed", std::string{as_text(hash)}});
  all.push_back({"signature base", "was hashed and written in hex before it was signed", codec::hex(hash)});
  return all;
}

}  // namespace

void check_signature_input(const CapturedRequest& request, const PartnerTruth& truth, Findings& findings) {
  const auto values = request.values("signature-input");
  if (values.size() != 1) {
    return findings.wrong("Signature-Input",
                          values.empty() ? "is missing" : "stands " + std::to_string(values.size()) + " times",
                          "Send Signature-Input once, on one line.");
  }
  const auto members = cut(values.front(), ',');
  if (members.size() > 1) {
    return findings.wrong("Signature-Input", "has more than one member",
                          "Send one signature, under the label lindung.");
  }
  if (!values.front().starts_with(label)) {
    return findings.wrong("Signature-Input", "has another label", "The label is lindung: `lindung=(…)`.");
  }
  const auto input = input_of(request);
  if (!input) return findings.wrong("Signature-Input", "has no list of components", std::string{spelling});
  check_components(*input, findings);
  check_parameter_names(*input, findings);
  check_times(*input, truth, findings);
  check_nonce(*input, findings);
  check_key_id(*input, truth, findings);
  check_literal(*input, "alg", "\"ed25519\"", findings);
  check_literal(*input, "tag", '"' + std::string{exchange_profile.tag} + '"', findings);
}

void check_signature(const CapturedRequest& request, const PartnerTruth& truth, const std::string& base,
                     Findings& findings) {
  const auto values = request.values("signature");
  if (values.size() != 1) {
    return findings.wrong("Signature", values.empty() ? "is missing" : "stands twice", "Send Signature once.");
  }
  constexpr std::string_view prefix = "lindung=:";
  auto text = values.front();
  crypto::Ed25519Signature signature{};
  if (!text.starts_with(prefix) || !text.ends_with(':') || text.size() <= prefix.size() ||
      codec::from_base64(text.substr(prefix.size(), text.size() - prefix.size() - 1), signature).has_error()) {
    return findings.wrong("Signature", "is not `lindung=:` BASE64 OF 64 BYTES `:`, alone", std::string{spelling});
  }
  if (base.empty()) return;
  if (!truth.signing_key) {
    return findings.unknown("Signature", "is of the right form",
                            "Give --key or --public-key to have it verified over the signature base.");
  }
  const auto verifies = [&](const std::string& bytes) {
    return !bytes.empty() && truth.signing_key->verifies(as_bytes(bytes), signature);
  };
  if (verifies(base)) return findings.good("Signature", "verifies over the signature base");
  const auto components = input_of(request);
  if (components && !covers_the_six(*components)) {
    return findings.unknown("Signature", "was not verified", "Cover the six components first.");
  }
  for (const auto& mistake : known_mistakes(request, truth, base)) {
    if (!verifies(mistake.signed_text)) continue;
    if (mistake.part == "content-type") return findings.good("Signature", "verifies over the media type that was sent");
    return findings.wrong(mistake.part, mistake.found, "Sign the bytes that the fields give (RFC 9421 section 2.5).");
  }
  findings.wrong("Signature", "is by another key, or over other bytes than the signature base",
                 "Compare the signature base with yours, byte by byte; then the key with the one registered.");
}

}  // namespace lindung::gateway
