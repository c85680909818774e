// The door of the exchange: every check between bytes and an admitted question, in the order of protocol.md section 8.
// The list is in door.cpp, with a reason on each line; nothing else can make an Opened<Question>. What it shares with
// the doors of other key holders is in sealed_door.h.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "base/time.h"
#include "domain/question.h"
#include "gateway/envelope.h"
#include "gateway/exchange_keys.h"
#include "gateway/sealed_door.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "service/directory.h"
#include "service/opened.h"
#include "service/signature_watch.h"

namespace lindung::gateway {

// Errors: partner_suspended, partner_cut (number: index of the cut).
[[nodiscard]] Result<void> may_ask(const service::DirectoryPartner& partner);

class Door {
 public:
  // `watch` is told where good and bad signatures come from; null: nobody is.
  Door(const Clock& clock, const service::CurrentDirectory& directory, const ExchangeKeys& keys,
       Authorities authorities, service::SignatureWatch* watch = nullptr);

  // Errors, in the order in which they are found: malformed, bad_signature, clock_skew (number: the server's time),
  // bad_signature, partner_suspended or partner_cut (number: index of the cut), pact_outdated, unsupported_key,
  // malformed.
  [[nodiscard]] Result<service::Opened<domain::Question>> admit(const http::Request& request) const;
  // The same checks on a bundle, once for all of its questions.
  [[nodiscard]] Result<service::OpenedBundle> admit_bundle(const http::Request& request) const;

 private:
  struct Envelope;
  [[nodiscard]] Result<Envelope> open(const http::Request& request, const EnvelopeProfile& profile,
                                      std::span<const std::size_t> plaintext_sizes) const;

  const Clock& clock_;
  const service::CurrentDirectory& directory_;
  SealedDoor sealed_;
  service::SignatureWatch* watch_;
};

}  // namespace lindung::gateway
