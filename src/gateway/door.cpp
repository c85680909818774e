#include "gateway/door.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/bundle.h"
#include "domain/partner.h"
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

Result<void> may_ask(const service::DirectoryPartner& partner) {
  switch (partner.state) {
    case domain::PartnerState::active: return ok();
    case domain::PartnerState::cut:
    case domain::PartnerState::shredded: return fail(Errc::partner_cut, "", partner.cut_index.value_or(0));
    case domain::PartnerState::registered:
    case domain::PartnerState::pact_signed:
    case domain::PartnerState::suspended: break;
  }
  return fail(Errc::partner_suspended);
}

Door::Door(const Clock& clock, const service::CurrentDirectory& directory, const ExchangeKeys& keys,
           Authorities authorities, service::SignatureWatch* watch)
    : clock_{clock}, directory_{directory}, sealed_{keys, std::move(authorities)}, watch_{watch} {}

// What was sealed, from whom, and what seals the reply.
struct Door::Envelope {
  Moment at;
  service::Asker asker;
  service::RequestProof proof;
  service::ReplyKey reply_key;
  Bytes plaintext;
};

Result<Door::Envelope> Door::open(const http::Request& request, const EnvelopeProfile& profile,
                                  std::span<const std::size_t> plaintext_sizes) const {
  const auto now = clock_.now();
  const auto directory = directory_.get();

  TRY(presented, sealed_.read(request, profile, plaintext_sizes, now));  // framing, spelling, clock, digest
  const auto* key = directory->find_key(presented.head().key_id, now);
  const auto* partner = key != nullptr ? directory->find_partner(key->partner) : nullptr;
  // Key id and signature in one: an unknown key id costs the same as a forged signature and is answered the same.
  auto verified = sealed_.prove(std::move(presented), partner != nullptr ? &key->public_key : nullptr);
  if (watch_ != nullptr) {
    watch_->look(partner != nullptr ? partner->id : PartnerId{""}, request.peer, verified.has_value(), now);
  }
  TRY(proven, std::move(verified));
  TRYV(may_ask(*partner));  // from here on we know who asks; a cut partner costs no private-key operation
  if (!directory->accepts_pact(proven.head().pact_digest)) return fail(Errc::pact_outdated);
  TRY(opened, sealed_.open(request, profile, proven, now));  // the one private-key operation
  auto head = std::move(proven).take_head();
  return Envelope{.at = now,
                  .asker = {.partner = partner->id, .epoch = partner->epoch, .key = KeyId{std::string{head.key_id}}},
                  .proof = {.is_bundle = &profile == &bundle_envelope,
                            .signature = head.signature,
                            .created_s = head.created_s,
                            .expires_s = head.expires_s,
                            .nonce = head.nonce,
                            .content_digest = head.content_digest,
                            .pact_digest = head.pact_digest,
                            .authority = std::move(head.authority),
                            .evidence = domain::evidence_of(head.signature_base, head.signature)},
                  .reply_key = opened.reply_key,
                  .plaintext = std::move(opened.plaintext)};
}

Result<service::Opened<domain::Question>> Door::admit(const http::Request& request) const {
  constexpr std::array sizes{domain::question_size};
  TRY(envelope, open(request, exchange_envelope, sizes));
  const auto plaintext = take<domain::question_size>(envelope.plaintext);
  TRY(question, domain::parse_question(plaintext, envelope.at));  // shape: fixed offsets, zeros where nothing is
  return service::Opened<domain::Question>{std::move(question), plaintext, std::move(envelope.asker),
                                           std::move(envelope.proof), std::move(envelope.reply_key)};
}

Result<service::OpenedBundle> Door::admit_bundle(const http::Request& request) const {
  std::array<std::size_t, domain::bundle_slots.size()> sizes{};
  std::ranges::transform(domain::bundle_slots, sizes.begin(), domain::bundle_size);
  TRY(envelope, open(request, bundle_envelope, sizes));
  TRY(questions, domain::parse_bundle(envelope.plaintext, envelope.at));
  service::OpenedBundle bundle{.questions = {},
                               .slots = (envelope.plaintext.size() - domain::bundle_size(0)) / domain::question_size,
                               .reply_key = envelope.reply_key};
  bundle.questions.reserve(questions.size());
  for (auto& each : questions) {
    bundle.questions.push_back(service::Opened<domain::Question>{std::move(each.question), each.plaintext,
                                                                 envelope.asker, envelope.proof, envelope.reply_key});
  }
  return bundle;
}

}  // namespace lindung::gateway
