#include "domain/token_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "domain/link_token.h"

namespace lindung::domain {
namespace {

// With both of the symbols that base64 and base64url spell differently.
LinkToken sample() {
  const crypto::HmacKey key{as_bytes("a key of a test")};
  ByteArray<link_token_random_size> random{};
  for (std::size_t i = 0; i < random.size(); ++i) random.at(i) = static_cast<std::uint8_t>(0xfb + 61 * i);
  return make_link_token(key, random);
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

std::string between(const std::string& digits, const std::string& separator, const std::string& before = {}) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    if (i != 0) out += separator;
    out += before + digits.substr(i, 2);
  }
  return out;
}

std::string utf16(const std::string& text, bool is_big) {
  std::string out;
  for (const char c : text) {
    if (is_big) out += '\0';
    out += c;
    if (!is_big) out += '\0';
  }
  return out;
}

bool finds(std::string_view text) {
  bool is_found = false;
  TokenScan scan{[&](const LinkToken& token, TokenSpelling) { is_found = is_found || token == sample(); }};
  scan.take(as_bytes(text));
  return is_found;
}

std::vector<std::pair<std::string, std::string>> layouts() {
  const auto hex = codec::hex(sample().bytes);
  auto upper = hex;
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto url = codec::base64url(sample().bytes);
  const auto plain = codec::base64(sample().bytes);
  EXPECT_TRUE(plain.ends_with("=="));
  EXPECT_NE(plain.find_first_of("+/"), std::string::npos);
  return {{"hex", hex},
          {"upper hex", upper},
          {"PostgreSQL", "\\x" + hex},
          {"hex number", "0x" + upper},
          {"hex with colons", between(hex, ":")},
          {"hex with spaces", between(upper, " ")},
          {"hex escapes", between(hex, "", "\\x")},
          {"hex in a longer run", "abc" + hex + "def"},
          {"base64url", url},
          {"base64url, padded", url + "=="},
          {"base64", plain},
          {"base64 in JSON", "{\"t\":\"" + replaced(plain, "/", "\\/") + "\"}"},
          {"base64 with Unicode escapes",
           replaced(replaced(replaced(plain, "/", "\\u002f"), "+", "\\u002B"), "=", "\\u003d")},
          {"base64 in a URL", "?t=" + replaced(replaced(replaced(plain, "/", "%2F"), "+", "%2b"), "=", "%3D") + "&x"},
          {"base64url behind a name", "user_" + url},
          {"escaped quotes", "\\\"" + url + "\\\""},
          {"JSON in a text", "\\\\\\\"" + url + "\\n"},
          {"UTF-16, little end first", utf16(url, false)},
          {"UTF-16, big end first", utf16(hex, true)},
          {"raw", std::string{as_text(sample().bytes)}}};
}

TEST(TokenScan, FindsATokenInEveryLayout) {
  for (const auto& [name, text] : layouts()) {
    EXPECT_TRUE(finds(text)) << name;
    EXPECT_TRUE(finds("1;\"" + text + "\";2\n")) << name;
    EXPECT_TRUE(finds("\xff\xfe\x1b[2J%\\" + text)) << name;
  }
}

TEST(TokenScan, FindsATokenAcrossEveryPairOfCalls) {
  for (const auto& [name, text] : layouts()) {
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      bool is_found = false;
      TokenScan scan{[&](const LinkToken& token, TokenSpelling) { is_found = is_found || token == sample(); }};
      scan.take(as_bytes(text).first(cut));
      scan.take(as_bytes(text).subspan(cut));
      EXPECT_TRUE(is_found) << name << " " << cut;
    }
  }
}

TEST(TokenScan, FindsNothingAcrossTwoTexts) {
  const auto hex = codec::hex(sample().bytes);
  int found = 0;
  TokenScan scan{[&](const LinkToken&, TokenSpelling) { ++found; }};
  scan.take(as_bytes(hex).first(30));
  scan.reset();
  scan.take(as_bytes(hex).subspan(30));
  EXPECT_EQ(found, 0);
}

TEST(TokenScan, ALineWithoutAnEndNeedsNoMemory) {
  const std::string piece(1U << 20U, 'A');
  bool is_found = false;
  TokenScan scan{[&](const LinkToken& token, TokenSpelling) { is_found = is_found || token == sample(); }};
  for (int i = 0; i < 20; ++i) scan.take(as_bytes(piece));
  scan.take(as_bytes(codec::base64url(sample().bytes)));
  EXPECT_TRUE(is_found);
}

TEST(TokenScan, OfOtherVersionsAndShorterRunsThereIsNoCandidate) {
  int found = 0;
  TokenScan scan{[&](const LinkToken&, TokenSpelling) { ++found; }};
  auto other = sample();
  other.bytes[0] = 2;
  for (auto& byte : other.bytes) byte |= 2U;  // nowhere a byte of the version
  scan.take(as_bytes("x" + codec::hex(other.bytes).replace(0, 2, "02") + "x "));
  scan.take(as_bytes(codec::hex(sample().bytes).substr(0, 55) + "x"));
  scan.take(as_bytes(codec::base64url(sample().bytes).substr(0, 37) + "\n"));
  EXPECT_EQ(found, 0);
}

}  // namespace
}  // namespace lindung::domain
