#include "http/request_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace lindung::http {
namespace {

using Step = RequestReader::Step;
constexpr std::size_t head_limit = 1024;
constexpr std::size_t any_body = std::size_t{1} << 20;

struct Seen {
  std::string method, target, body;
  std::vector<std::pair<std::string, std::string>> fields;
  bool framed_by_content_length{};
  friend bool operator==(const Seen&, const Seen&) = default;
};

struct Reading {
  std::vector<Seen> requests;
  std::optional<Errc> refused;
  friend bool operator==(const Reading&, const Reading&) = default;
};

Seen seen(const Request& request) {
  Seen out{.method = std::string{request.method},
           .target = std::string{request.target},
           .body = std::string{as_text(request.body)},
           .fields = {},
           .framed_by_content_length = request.framed_by_content_length};
  for (const auto& field : request.fields) out.fields.emplace_back(field.name, field.value);
  return out;
}

// Reads what is sent in pieces of at most `piece` bytes.
Reading read(std::string_view bytes, std::size_t piece = any_body, std::size_t body_limit = any_body) {
  RequestReader reader{head_limit};
  Reading out;
  while (true) {
    switch (reader.advance()) {
      case Step::need_bytes: {
        if (bytes.empty()) return out;
        const auto room = reader.room();
        const auto count = std::min({room.size(), bytes.size(), piece});
        std::copy_n(bytes.begin(), count, room.begin());
        bytes.remove_prefix(count);
        reader.arrived(count);
        break;
      }
      case Step::head: static_cast<void>(reader.limit_body(body_limit)); break;
      case Step::complete:
        out.requests.push_back(seen(reader.request()));
        reader.next();
        break;
      case Step::refused: out.refused = reader.refusal().code; return out;
    }
  }
}

std::optional<Errc> refusal(std::string_view bytes) { return read(bytes).refused; }

TEST(RequestReader, KeepsFieldsInOrderAndRepeatedAndTrimmed) {
  const auto reading =
      read("POST /p?q HTTP/1.1\r\nb: 1\r\nA:\t two words \t\r\nB: 3\r\nEmpty:\r\nContent-Length: 2\r\n\r\nhi");
  ASSERT_EQ(reading.requests.size(), 1U);
  const auto& request = reading.requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/p?q");
  EXPECT_EQ(request.body, "hi");
  EXPECT_TRUE(request.framed_by_content_length);
  const std::vector<std::pair<std::string, std::string>> fields{
      {"b", "1"}, {"A", "two words"}, {"B", "3"}, {"Empty", ""}, {"Content-Length", "2"}};
  EXPECT_EQ(request.fields, fields);
}

TEST(RequestReader, WithoutALengthThereIsNoBodyAndNoFraming) {
  const auto reading = read("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_EQ(reading.requests.size(), 1U);
  EXPECT_EQ(reading.requests[0].body, "");
  EXPECT_FALSE(reading.requests[0].framed_by_content_length);
}

TEST(RequestReader, JoinsChunksAndDropsTrailers) {
  const auto reading = read(
      "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nSignature: late\r\n\r\n");
  ASSERT_EQ(reading.requests.size(), 1U);
  EXPECT_EQ(reading.requests[0].body, "abcde");
  EXPECT_FALSE(reading.requests[0].framed_by_content_length);
  EXPECT_EQ(reading.requests[0].fields.size(), 1U);
}

TEST(RequestReader, AnEmptyChunkedBodyMayComeByteByByte) {
  const auto reading = read("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 1);
  ASSERT_EQ(reading.requests.size(), 1U);
  EXPECT_EQ(reading.requests[0].body, "");
}

TEST(RequestReader, RefusesFoldedValues) {
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nA: 1\r\n 2\r\n\r\n"), Errc::malformed);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nA:\r\n 2\r\n\r\n"), Errc::malformed);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nA: 1\r\n \r\nB: 2\r\n\r\n"), Errc::malformed);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nA: \r\n\t\r\nB: 2\r\n\r\n"), Errc::malformed);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\n A: 1\r\n\r\n"), Errc::malformed);
}

TEST(RequestReader, RefusesAnyDoubtAboutTheLength) {
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), Errc::malformed);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab"), Errc::malformed);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nContent-Length: 2, 2\r\n\r\nab"), Errc::malformed);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nContent-Length: +2\r\n\r\nab"), Errc::malformed);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nContent-Length: 0x2\r\n\r\nab"), Errc::malformed);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nContent-Length:\r\n\r\nab"), Errc::malformed);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n"), Errc::malformed);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nab"), Errc::malformed);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\nab"), Errc::malformed);
}

TEST(RequestReader, RefusesEveryCodingButChunked) {
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n"), Errc::malformed);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), Errc::malformed);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"),
            Errc::malformed);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: chunked, identity\r\n\r\n"), Errc::malformed);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: \"chunked\"\r\n\r\n"), Errc::malformed);
  EXPECT_EQ(refusal("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), Errc::malformed);
}

TEST(RequestReader, RefusesWhatIsNotHttp) {
  EXPECT_EQ(refusal("\x16\x03\x01\x02 hello"), Errc::malformed);
  EXPECT_EQ(refusal("GET / HTTP/2.0\r\n\r\n"), Errc::malformed);
  EXPECT_EQ(refusal("GET  / HTTP/1.1\r\n\r\n"), Errc::malformed);
  EXPECT_EQ(refusal("GET / HTTP/1.1\nHost: h\n\n"), Errc::malformed);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nA : 1\r\n\r\n"), Errc::malformed);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nA: 1\x01\r\n\r\n"), Errc::malformed);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nno colon\r\n\r\n"), Errc::malformed);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"), Errc::malformed);
}

// A block of exactly this many bytes, the empty line included.
std::string head_of(std::size_t size) {
  std::string out{"GET / HTTP/1.1\r\nA: "};
  return out + std::string(size - out.size() - 4, 'x') + "\r\n\r\n";
}

TEST(RequestReader, AHeaderBlockMayBeAsLongAsTheLimitAndNotLonger) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, any_body}) {
    EXPECT_EQ(read(head_of(head_limit), piece).requests.size(), 1U);
    EXPECT_EQ(read(head_of(head_limit + 1), piece).refused, Errc::headers_too_large);
    EXPECT_EQ(read(head_of(head_limit * 40), piece).refused, Errc::headers_too_large);
  }
}

TEST(RequestReader, ManyShortFieldsAreLimitedLikeALongOne) {
  std::string bytes{"GET / HTTP/1.1\r\n"};
  for (int i = 0; i < 400; ++i) bytes += "a:\r\n";
  EXPECT_EQ(read(bytes + "\r\n").refused, Errc::headers_too_large);
}

TEST(RequestReader, ABodyMayBeAsLongAsItsLimitAndNotLonger) {
  const std::string head{"POST / HTTP/1.1\r\nContent-Length: "};
  EXPECT_EQ(read(head + "10\r\n\r\n0123456789", any_body, 10).requests.size(), 1U);
  EXPECT_EQ(read(head + "11\r\n\r\n", any_body, 10).refused, Errc::too_large);
  const std::string chunked{"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n"};
  EXPECT_EQ(read(chunked + "5\r\n56789\r\n0\r\n\r\n", any_body, 10).requests.size(), 1U);
  EXPECT_EQ(read(chunked + "6\r\n56789a\r\n0\r\n\r\n", any_body, 10).refused, Errc::too_large);
}

TEST(RequestReader, RefusesAnEndlessChunkLineAndAnEndlessTrailer) {
  const std::string head{"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"};
  EXPECT_EQ(refusal(head + "5;" + std::string(20'000, 'x')), Errc::malformed);
  EXPECT_EQ(refusal(head + "0\r\nA: " + std::string(20'000, 'x')), Errc::malformed);
}

TEST(RequestReader, ATruncatedRequestIsMalformedAndAnEmptyConnectionIsNot) {
  RequestReader reader{head_limit};
  EXPECT_EQ(reader.advance(), Step::need_bytes);
  EXPECT_FALSE(reader.ended_early());
  constexpr std::string_view half{"GET / HT"};
  std::ranges::copy(half, reader.room().begin());
  reader.arrived(half.size());
  EXPECT_EQ(reader.advance(), Step::need_bytes);
  EXPECT_TRUE(reader.ended_early());
  EXPECT_EQ(reader.refusal().code, Errc::malformed);
}

TEST(RequestReader, WaitsForContinueOnlyWhileTheBodyHasNotBegun) {
  const auto waits = [](std::string_view bytes) {
    RequestReader reader{head_limit};
    std::ranges::copy(bytes, reader.room().begin());
    reader.arrived(bytes.size());
    EXPECT_EQ(reader.advance(), Step::head);
    EXPECT_TRUE(reader.limit_body(10));
    return reader.waits_for_continue();
  };
  EXPECT_TRUE(waits("POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n"));
  EXPECT_FALSE(waits("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\na"));
  EXPECT_FALSE(waits("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_FALSE(waits("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  EXPECT_FALSE(waits("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n"));
}

std::string plain_post(const std::string& body) {
  return "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string chunked_post(const std::string& body, std::size_t chunk) {
  std::string out{"POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: h\r\n\r\n"};
  for (std::size_t at = 0; at < body.size(); at += chunk) {
    const auto piece = body.substr(at, chunk);
    std::string digits;
    for (auto size = piece.size(); size > 0; size /= 16) digits.insert(digits.begin(), "0123456789abcdef"[size % 16]);
    out += digits + "\r\n" + piece + "\r\n";
  }
  return out + "0\r\n\r\n";
}

RC_GTEST_PROP(RequestReader, ReadsTheSameHoweverTheBytesArriveAndWhateverTheBodySize, ()) {
  std::string bytes;
  std::vector<std::string> bodies;
  const auto count = *rc::gen::inRange(1, 5);
  for (int i = 0; i < count; ++i) {
    const auto size =
        *rc::gen::oneOf(rc::gen::inRange<std::size_t>(0, 400), rc::gen::inRange<std::size_t>(3'000, 30'000));
    std::string body;
    for (std::size_t at = 0; at < size; ++at)
      body += static_cast<char>('a' + (at * 7 + static_cast<std::size_t>(i)) % 26);
    bytes +=
        *rc::gen::arbitrary<bool>() ? plain_post(body) : chunked_post(body, *rc::gen::inRange<std::size_t>(1, 9'000));
    bodies.push_back(body);
  }
  const auto reading = read(bytes, *rc::gen::inRange<std::size_t>(1, 6'000));
  RC_ASSERT(!reading.refused.has_value());
  RC_ASSERT(reading.requests.size() == bodies.size());
  for (std::size_t i = 0; i < bodies.size(); ++i) RC_ASSERT(reading.requests[i].body == bodies[i]);
  RC_ASSERT(reading == read(bytes));
}

}  // namespace
}  // namespace lindung::http
