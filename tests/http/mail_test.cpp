#include "http/mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "support/mailbox.h"

namespace lindung::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view receiver = "bantuan@bssn.example";

Mail some_mail() {
  return {.from = "lindung@dinkes.example",
          .to = {std::string{receiver}},
          .subject = "Insiden 3f9a",
          .text = "Satu laporan.\r\nTerlampir.",
          .files = {},
          .date = moment_of(1'795'366'800),
          .id = "3f9a00"};
}

TEST(Mail, ArrivesAtEachAddressWithDateSubjectAndAnIdThatATryAgainHasToo) {
  const test::Mailbox mailbox;
  auto mail = some_mail();
  mail.to.emplace_back("csirt@kemkes.example");
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(send_mail({.url = mailbox.url()}, mail).has_value());
  }
  const auto mails = mailbox.mails();
  ASSERT_EQ(mails.size(), 2U);
  EXPECT_THAT(mails[0].from, HasSubstr("<lindung@dinkes.example>"));
  EXPECT_THAT(mails[0].to, ElementsAre("<bantuan@bssn.example>", "<csirt@kemkes.example>"));
  for (const auto& each : mails) {
    EXPECT_THAT(each.data, HasSubstr("Date: Sun, 22 Nov 2026 17:00:00 +0000\r\n"));
    EXPECT_THAT(each.data, HasSubstr("From: <lindung@dinkes.example>\r\n"));
    EXPECT_THAT(each.data, HasSubstr("Subject: Insiden 3f9a\r\n"));
    EXPECT_THAT(each.data, HasSubstr("Message-ID: <3f9a00@dinkes.example>\r\n"));
    EXPECT_THAT(each.data, HasSubstr("Satu laporan.\r\nTerlampir."));
  }
}

TEST(Mail, CarriesAFileByteForByte) {
  const test::Mailbox mailbox;
  auto mail = some_mail();
  mail.files.push_back(
      {.name = "laporan.pdf", .type = "application/pdf", .bytes = std::string("%PDF\0\r\n.\r\n\xFF", 11)});
  ASSERT_TRUE(send_mail({.url = mailbox.url()}, mail).has_value());
  const auto mails = mailbox.mails();
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_THAT(mails[0].data, HasSubstr("Content-Type: application/pdf\r\n"));
  EXPECT_THAT(mails[0].data, HasSubstr("filename=\"laporan.pdf\""));
  EXPECT_THAT(mails[0].data, HasSubstr("JVBERgANCi4NCv8="));
}

TEST(Mail, WritesASubjectOfOtherLettersInWordsThatCutNoLetter) {
  const test::Mailbox mailbox;
  auto mail = some_mail();
  mail.subject = "Pemberitahuan — kartu perjalanan — sakit— kedatangan";
  ASSERT_TRUE(send_mail({.url = mailbox.url()}, mail).has_value());
  EXPECT_THAT(mailbox.mails().at(0).data,
              HasSubstr("Subject: =?UTF-8?B?UGVtYmVyaXRhaHVhbiDigJQga2FydHUgcGVyamFsYW5hbiDigJQgc2FraXQ=?=\r\n "
                        "=?UTF-8?B?4oCUIGtlZGF0YW5nYW4=?=\r\n"));
}

TEST(Mail, SaysWhetherARefusalIsForGoodAndNamesNobody) {
  test::Mailbox mailbox;
  for (const std::string command : {"MAIL", "RCPT", "."}) {
    mailbox.answer(command, "550 no " + std::string{receiver});
    const auto refused = send_mail({.url = mailbox.url()}, some_mail());
    ASSERT_FALSE(refused.has_value()) << command;
    EXPECT_EQ(refused.error().code, Errc::denied) << command << ": " << refused.error().text();
    EXPECT_THAT(refused.error().text(), Not(HasSubstr("bssn")));
    mailbox.answer(command, "451 later");
    const auto later = send_mail({.url = mailbox.url()}, some_mail());
    ASSERT_FALSE(later.has_value()) << command;
    EXPECT_EQ(later.error().code, Errc::unavailable) << command << ": " << later.error().text();
    mailbox.answer(command, "");
  }
  EXPECT_TRUE(mailbox.mails().empty());
}

TEST(Mail, GoesToNobodyWhereAnAddressOrSubjectBreaksTheLine) {
  const test::Mailbox mailbox;
  const auto is_refused = [&](const Mail& mail) {
    const auto sent = send_mail({.url = mailbox.url()}, mail);
    return !sent && sent.error().code == Errc::invalid_argument;
  };
  for (const std::string address :
       {"", "a", "a@", "@b", "a@b@c", "a b@c", "a@b>\r\nRCPT TO:<x@y", "a@b,c@d", "-oX@b"}) {
    auto mail = some_mail();
    mail.to = {address};
    EXPECT_TRUE(is_refused(mail)) << address;
    mail = some_mail();
    mail.from = address;
    EXPECT_TRUE(is_refused(mail)) << address;
  }
  auto mail = some_mail();
  mail.subject = "a\r\nBcc: x@y";
  EXPECT_TRUE(is_refused(mail));
  mail = some_mail();
  mail.files.push_back({.name = "a\"b", .type = "text/plain", .bytes = {}});
  EXPECT_TRUE(is_refused(mail));
  mail = some_mail();
  mail.to.clear();
  EXPECT_TRUE(is_refused(mail));
  EXPECT_TRUE(mailbox.mails().empty());
}

TEST(Mail, IsNotSentToAServerWithoutTlsOnceALogInOrACertificateIsAskedFor) {
  const test::Mailbox mailbox;
  const std::string_view word = "secret";
  const auto sent =
      send_mail({.url = mailbox.url(), .user = "lindung", .password = {word.begin(), word.end()}}, some_mail());
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().code, Errc::unavailable) << sent.error().text();
  EXPECT_TRUE(mailbox.mails().empty());
}

TEST(Mail, KnowsAUrlOfAMailServer) {
  for (const std::string_view url : {"smtps://mail.example", "smtp://mail.example:587", "smtp://[::1]:25"}) {
    EXPECT_TRUE(is_mail_url(url)) << url;
  }
  for (const std::string_view url : {"mail.example", "http://mail.example", "smtp://", "smtp://a:b@mail.example",
                                     "smtp://mail.example/x", "smtp://mail.example\r\n"}) {
    EXPECT_FALSE(is_mail_url(url)) << url;
  }
}

TEST(Mail, SaysThatNobodyListens) {
  const auto sent = send_mail({.url = "smtp://127.0.0.1:1"}, some_mail());
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().code, Errc::unavailable);
}

}  // namespace
}  // namespace lindung::http
