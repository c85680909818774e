#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "http/mail.h"
#include "people/message_sender.h"
#include "people/messages.h"

namespace lindung::people {

namespace {

constexpr std::string_view place = "{phone}";

// The address of a number at the gateway.
std::string address_of(std::string pattern, std::string_view digits) {
  return pattern.replace(pattern.find(place), place.size(), digits);
}

class MailSender final : public MessageSender {
 public:
  explicit MailSender(MailOptions options) : options_{std::move(options)} {}

  // The texts are in the body alone: no header holds anything that somebody else wrote.
  Result<void> send(const PhoneMessage& message) override {
    const auto digits = message.phone.starts_with('+') ? message.phone.substr(1) : message.phone;
    if (!std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) {
      return fail(Errc::denied, "the number is none");
    }
    return http::send_mail(options_.server, {.from = options_.from,
                                             .to = {address_of(options_.to, digits)},
                                             .subject = "Lindung",
                                             .text = message.text.id + "\n" + message.text.en + "\n",
                                             .files = {},
                                             .date = message.at,
                                             .id = codec::hex(message.id.bytes())});
  }

 private:
  MailOptions options_;
};

}  // namespace

Result<std::unique_ptr<MessageSender>> mail_sender(MailOptions options) {
  if (!http::is_mail_url(options.server.url)) {
    return fail(Errc::invalid_argument, "messages.smtp_url: smtp:// or smtps:// is needed");
  }
  if (!http::is_mail_address(options.from) || options.to.find(place) == std::string::npos ||
      !http::is_mail_address(address_of(options.to, "1"))) {
    return fail(Errc::invalid_argument, "messages.smtp_from, smtp_to: addresses are needed, {phone} in the second");
  }
  return std::unique_ptr<MessageSender>{std::make_unique<MailSender>(std::move(options))};
}

}  // namespace lindung::people
