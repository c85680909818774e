#include "cert/hc1.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/hc1_maker.h"
#include "cert/reason.h"
#include "cert/step.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "cert/verify.h"

namespace lindung::cert {
namespace {

TEST(Hc1, a_certificate_of_a_trusted_signer_is_valid) {
  const TestSigner signer{"DE"};
  const auto verdict = verify(make_hc1(signer), trusting({&signer}), now);
  EXPECT_EQ(verdict.outcome, Outcome::valid);
  EXPECT_EQ(verdict.issuer, "DE");
  EXPECT_EQ(verdict.subject_initials, "EM");
  EXPECT_EQ(verdict.content, "vaccination");
  EXPECT_EQ(verdict.expires, expires_at);
  EXPECT_EQ(verdict.steps.size(), 8U);
}

TEST(Hc1, a_key_that_is_bound_to_another_country_is_not_believed) {
  const TestSigner signer{"FR"};
  const auto verdict = verify(make_hc1(signer), trusting({&signer}), now);
  EXPECT_EQ(verdict.reason, Reason::untrusted_signer);
  EXPECT_EQ(verdict.step(Step::signature), false);
}

TEST(Hc1, each_of_several_signers_with_one_key_id_is_tried) {
  const TestSigner other{"DE"};
  const TestSigner foreign{"FR"};
  const TestSigner signer{"DE"};
  EXPECT_EQ(verify(make_hc1(signer), trusting({&foreign, &other, &signer}), now).outcome, Outcome::valid);
  EXPECT_EQ(verify(make_hc1(signer), trusting({&foreign, &other}), now).reason, Reason::signature);
}

TEST(Hc1, an_issuer_that_is_no_country_stands_for_the_country_of_its_entry) {
  const TestSigner signer{"FR"};
  const auto text = make_hc1(signer, {.issuer = "Ministry", .entry_country = "FR"});
  EXPECT_EQ(verify(text, trusting({&signer}), now).issuer, "FR");
  EXPECT_EQ(verify(make_hc1(signer, {.issuer = "MOH", .entry_country = "FR"}), trusting({&signer}), now).issuer, "FR");
  EXPECT_EQ(verify(make_hc1(signer, {.issuer = "Ministry", .entry_country = "DE"}), trusting({&signer}), now).reason,
            Reason::untrusted_signer);
}

TEST(Hc1, the_key_id_of_the_protected_header_wins) {
  const TestSigner signer{"DE"};
  const auto wrong = to_bytes(as_bytes("87654321"));
  const auto trust = trusting({&signer});
  EXPECT_EQ(verify(make_hc1(signer, {.unprotected_kid = wrong}), trust, now).outcome, Outcome::valid);
  EXPECT_EQ(verify(make_hc1(signer, {.protected_kid = wrong, .unprotected_kid = signer.kid()}), trust, now).reason,
            Reason::untrusted_signer);
  EXPECT_EQ(verify(make_hc1(signer, {.unprotected_kid = signer.kid(), .kid_in_protected = false}), trust, now).outcome,
            Outcome::valid);
  EXPECT_EQ(verify(make_hc1(signer, {.kid_in_protected = false}), trust, now).reason, Reason::no_kid);
}

TEST(Hc1, a_list_that_is_too_old_is_believed_no_longer) {
  const TestSigner signer{"DE"};
  const auto trust = trusting({&signer}, {.origin = "list", .fetched = now, .fresh_for = std::chrono::days{3}});
  EXPECT_EQ(verify(make_hc1(signer), trust, now + std::chrono::days{3}).outcome, Outcome::valid);
  EXPECT_EQ(verify(make_hc1(signer), trust, now + std::chrono::days{3} + seconds{1}).reason, Reason::stale_trust);
}

TEST(Hc1, a_key_that_was_withdrawn_is_not_believed) {
  const TestSigner signer{"DE"};
  auto trust = trusting({&signer});
  trust.add_revoked_key(signer.kid());
  EXPECT_EQ(verify(make_hc1(signer), trust, now).reason, Reason::revoked);
}

TEST(Hc1, what_swells_is_refused) {
  const Bytes zeros(most_inflated + 1, 0);
  const auto verdict = verify(hc1_text(zeros), {}, now);
  EXPECT_EQ(verdict.reason, Reason::too_large);
  EXPECT_EQ(verdict.step(Step::zlib), false);
  EXPECT_EQ(verify("HC1:" + std::string(longest_text, '0'), {}, now).reason, Reason::too_long);
}

TEST(Hc1, the_first_and_the_last_second_count) {
  const TestSigner signer{"DE"};
  const auto trust = trusting({&signer});
  const auto text = make_hc1(signer);
  EXPECT_EQ(verify(text, trust, issued_at).outcome, Outcome::valid);
  EXPECT_EQ(verify(text, trust, issued_at - seconds{1}).reason, Reason::not_yet_valid);
  EXPECT_EQ(verify(text, trust, expires_at).outcome, Outcome::valid);
  EXPECT_EQ(verify(text, trust, expires_at + seconds{1}).reason, Reason::expired);
}

TEST(Hc1, a_date_that_does_not_exist_breaks_the_schema) {
  const TestSigner signer{"DE"};
  const auto trust = trusting({&signer});
  for (const std::string_view date : {"2021-02-29", "2021-8-1", "2021-08-01T00:00:00Z", ""}) {
    const auto verdict = verify(make_hc1(signer, {.date = std::string{date}}), trust, now);
    EXPECT_EQ(verdict.reason, Reason::schema) << date;
    EXPECT_EQ(verdict.detail, "dt") << date;
  }
}

TEST(Hc1, every_cut_of_a_text_is_refused_at_a_step) {
  const TestSigner signer{"DE"};
  const auto trust = trusting({&signer});
  const auto text = make_hc1(signer);
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto verdict = verify(text.substr(0, size), trust, now);
    ASSERT_EQ(verdict.outcome, Outcome::invalid) << size;
    ASSERT_FALSE(verdict.steps.empty()) << size;
  }
}

TEST(Formats, are_found_from_the_text) {
  EXPECT_EQ(format_of("HC1:X"), Format::hc1);
  EXPECT_EQ(format_of("shc:/5676"), Format::shc);
  EXPECT_EQ(format_of("eyJ6aXAiOiJERUYifQ.e30.e30"), Format::shc);
  EXPECT_EQ(format_of("NZCP:/1/2KCE"), Format::nzcp);
  EXPECT_EQ(format_of(R"({"data":{"hdr":{}},"sig":{}})"), Format::vds_nc);
  EXPECT_EQ(format_of("LINDUNG:1:AEAQ"), Format::venue_code);
  for (const std::string_view text : {"", "HC2:X", "hc1:X", "{}", "https://example.org"}) {
    EXPECT_EQ(format_of(text), Format::unknown) << text;
    EXPECT_EQ(verify(text, {}, now).reason, Reason::prefix) << text;
  }
  EXPECT_EQ(verify("shlink:/eyJ", {}, now).outcome, Outcome::unsupported);
}

}  // namespace
}  // namespace lindung::cert
