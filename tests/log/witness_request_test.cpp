#include "log/witness_request.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/error.h"
#include "codec/base_n.h"
#include "log/memory_log.h"

namespace lindung::log {
namespace {

// The example of C2SP tlog-witness, "add-checkpoint".
constexpr std::string_view example =
    "old 20852014\n"
    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
    "\n"
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\xe2\x80\x94 example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

TEST(WitnessRequest, ReadsAndWritesTheExampleOfTheDocument) {
  const auto request = parse_witness_request(example).value();
  EXPECT_EQ(request.old_size, 20'852'014U);
  ASSERT_EQ(request.proof.size(), 4U);
  EXPECT_EQ(codec::base64(request.proof[3]), "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=");
  EXPECT_TRUE(request.checkpoint.starts_with("example.com/behind-the-sofa\n"));
  EXPECT_EQ(request.encode(), example);
}

TEST(WitnessRequest, RefusesWhatHasAnotherShape) {
  const std::string note = "x\n";
  const auto code = [](const std::string& body) { return parse_witness_request(body).error().code; };
  for (const auto* first :
       {"old 01\n", "old -1\n", "old \n", "old 1 \n", "new 1\n", "old 18446744073709551616\n", "old 1"}) {
    EXPECT_EQ(code(std::string{first} + "\n" + note), Errc::malformed) << first;
  }
  EXPECT_EQ(code("old 1\nshort\n\n" + note), Errc::malformed);
  EXPECT_EQ(code("old 1\n" + codec::base64(digest_of(1))), Errc::malformed);
  EXPECT_EQ(code("old 1\n\n"), Errc::malformed);
  std::string lines;
  for (int i = 0; i < 63; ++i) lines += codec::base64(digest_of(1)) + "\n";
  EXPECT_TRUE(parse_witness_request("old 1\n" + lines + "\n" + note).has_value());
  EXPECT_EQ(code("old 1\n" + lines + codec::base64(digest_of(1)) + "\n\n" + note), Errc::malformed);
  EXPECT_EQ(code("old 1\n\n" + std::string(70'000, 'x')), Errc::too_large);
}

TEST(WitnessRequest, ASizeHasOneSpelling) {
  EXPECT_EQ(parse_witness_size("20852163\n").value(), 20'852'163U);
  for (const auto* text : {"", "\n", "1", "01\n", "1\n\n", "-1\n", "1 \n", "x\n"}) {
    EXPECT_EQ(parse_witness_size(text).error().code, Errc::malformed) << text;
  }
}

}  // namespace
}  // namespace lindung::log
