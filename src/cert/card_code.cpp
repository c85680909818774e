#include "cert/card_code.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/cose_sign1.h"
#include "cert/cwt.h"
#include "cert/light_pass.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/step.h"
#include "codec/base45.h"
#include "codec/cbor.h"
#include "codec/cbor_tree.h"
#include "crypto/certificate_key.h"
#include "crypto/digest.h"
#include "crypto/es256_signer.h"
#include "domain/card_claims.h"

namespace lindung::cert {
namespace {

using codec::CborItem;
using domain::CardClaims;
using domain::CardPerson;

// Members of the map, in their order.
enum class Member : std::int64_t {
  id = 1,
  version,
  kind,
  port,
  travel_date,
  valid_from,
  valid_until,
  fitness,
  crossings,
  persons,
};
constexpr std::uint64_t members = 10;
constexpr std::size_t person_parts = 5;
constexpr std::int64_t label_algorithm = 1;
constexpr std::int64_t label_kid = 4;
constexpr std::int64_t es256 = -7;
constexpr std::uint64_t tag_sign1 = 18;
constexpr std::int64_t last_day = 0xffff'ffff;

auto not_a_card(std::string member) { return refuse(Step::cwt, Reason::schema, std::move(member)); }

Bytes payload_of(const CardClaims& claims) {
  codec::CborWriter writer;
  const auto member = [&](Member key) -> codec::CborWriter& { return writer.integer(static_cast<std::int64_t>(key)); };
  writer.map(members);
  member(Member::id).bytes(claims.id.bytes());
  member(Member::version).uint(claims.version);
  member(Member::kind).uint(static_cast<std::uint64_t>(claims.kind));
  member(Member::port).text(claims.port);
  member(Member::travel_date).uint(claims.travel_date.number);
  member(Member::valid_from).uint(unix_seconds(claims.valid_from));
  member(Member::valid_until).uint(unix_seconds(claims.valid_until));
  member(Member::fitness).uint(static_cast<std::uint64_t>(claims.fitness));
  member(Member::crossings).uint(claims.crossings);
  member(Member::persons).array(claims.persons.size());
  for (const auto& each : claims.persons) {
    writer.array(person_parts).text(each.name).text(each.document_tail).bytes(each.mark);
    writer.uint(each.birth_year).boolean(each.is_child);
  }
  return std::move(writer).take();
}

Bytes protected_header(const TravelKeyId& key) {
  codec::CborWriter writer;
  writer.map(2).integer(label_algorithm).integer(es256).integer(label_kid).bytes(key);
  return std::move(writer).take();
}

Bytes signed_bytes_of(const CardClaims& claims, const TravelKeyId& key) {
  codec::CborWriter writer;
  writer.array(4).text("Signature1").bytes(protected_header(key)).bytes({}).bytes(payload_of(claims));
  return std::move(writer).take();
}

Bytes message_of(const CardClaims& claims, const TravelKeyId& key, const ByteArray<64>& signature) {
  codec::CborWriter writer;
  writer.tag(tag_sign1).array(4).bytes(protected_header(key)).map(0).bytes(payload_of(claims)).bytes(signature);
  return std::move(writer).take();
}

// One member after the other; the first that is not as it should be stays named.
class Members {
 public:
  explicit Members(CborItem root) : root_{root} {}

  std::int64_t number(Member key, const char* name, std::int64_t most) {
    const auto item = root_.find(static_cast<std::int64_t>(key));
    const auto value = item ? item->integer() : std::nullopt;
    if (!value || *value < 0 || *value > most) return miss(name);
    return *value;
  }
  std::optional<CborItem> item(Member key) const { return root_.find(static_cast<std::int64_t>(key)); }
  std::int64_t miss(const char* name) {
    if (missing_.empty()) missing_ = name;
    return 0;
  }
  [[nodiscard]] const std::string& missing() const { return missing_; }

 private:
  CborItem root_;
  std::string missing_;
};

std::optional<CardPerson> person_in(const CborItem& item) {
  if (!item.is_array() || item.size() != person_parts) return std::nullopt;
  const auto name = item.at(0)->text();
  const auto tail = item.at(1)->text();
  const auto mark = item.at(2)->bytes();
  const auto year = item.at(3)->integer();
  const auto is_child = item.at(4)->boolean();
  if (!name || !tail || !mark || mark->size() != domain::DocumentMark{}.size() || !is_child) return std::nullopt;
  if (!year || *year < 0 || *year > last_day) return std::nullopt;
  return CardPerson{.name = std::string{*name},
                    .document_tail = std::string{*tail},
                    .mark = take<8>(*mark),
                    .birth_year = static_cast<std::uint32_t>(*year),
                    .is_child = *is_child};
}

Checked<CardClaims> claims_in(CborItem root) {
  constexpr std::int64_t last_moment = std::int64_t{1} << 40U;
  if (!root.is_map()) return refuse(Step::cwt, Reason::cwt);
  Members members_of{root};
  CardClaims out;
  const auto id = members_of.item(Member::id);
  const auto id_bytes = id ? id->bytes() : std::nullopt;
  if (!id_bytes || id_bytes->size() != 16) return not_a_card("id");
  out.id = domain::CardId{take<16>(*id_bytes)};
  out.version = static_cast<std::uint64_t>(members_of.number(Member::version, "version", last_moment));
  out.kind = static_cast<domain::CardKind>(members_of.number(Member::kind, "kind", 0xff));
  const auto port = members_of.item(Member::port);
  const auto port_text = port ? port->text() : std::nullopt;
  if (!port_text) return not_a_card("port");
  out.port = *port_text;
  out.travel_date = Day{static_cast<std::uint32_t>(members_of.number(Member::travel_date, "date", last_day))};
  out.valid_from = Moment{seconds{members_of.number(Member::valid_from, "valid", last_moment)}};
  out.valid_until = Moment{seconds{members_of.number(Member::valid_until, "valid", last_moment)}};
  out.fitness = static_cast<domain::CardFitness>(members_of.number(Member::fitness, "fitness", 0xff));
  out.crossings = static_cast<std::uint64_t>(members_of.number(Member::crossings, "crossings", last_day));
  if (!members_of.missing().empty()) return not_a_card(members_of.missing());
  const auto persons = members_of.item(Member::persons);
  if (!persons || !persons->is_array() || persons->size() > domain::most_card_persons) return not_a_card("persons");
  const bool all_are_persons = persons->for_each([&](const CborItem& each) {
    auto person = person_in(each);
    if (person) out.persons.push_back(std::move(*person));
    return person.has_value();
  });
  if (!all_are_persons) return not_a_card("persons");
  return out;
}

}  // namespace

TravelKeyId travel_key_id(BytesView public_point) {
  return take<8>(crypto::sha256({as_bytes("lindung card key v1"), public_point}));
}

Result<std::string> make_card_code(const CardClaims& claims, const crypto::Es256Signer& signer) {
  TRYV(domain::check_card(claims));
  const auto key = travel_key_id(signer.public_point());
  TRY(signature, signer.sign(signed_bytes_of(claims, key)));
  auto text = std::string{card_code_prefix} + codec::base45(message_of(claims, key, lower_signature(signature)));
  if (text.size() > longest_card_code) return fail(Errc::too_large, "more than a card's code holds");
  return text;
}

Result<void> TravelKeys::add(BytesView public_point, std::optional<Moment> not_before,
                             std::optional<Moment> not_after) {
  constexpr std::size_t point_size = 65;
  if (public_point.size() != point_size || public_point[0] != 4) {
    return fail(Errc::invalid_argument, "a card's key is an uncompressed point on P-256");
  }
  TRY(key, crypto::CertificateKey::from_coordinates(crypto::KeyKind::p256, public_point.subspan(1, 32),
                                                    public_point.subspan(33, 32)));
  keys_.insert_or_assign(travel_key_id(public_point),
                         TravelKey{.key = std::move(key), .not_before = not_before, .not_after = not_after});
  return ok();
}

const TravelKey* TravelKeys::find(const TravelKeyId& id) const {
  const auto found = keys_.find(id);
  return found == keys_.end() ? nullptr : &found->second;
}

Checked<UnverifiedCard> read_card_code(std::string_view text) {
  if (!text.starts_with(card_code_prefix)) return refuse(Step::prefix, Reason::prefix);
  if (text.size() > longest_card_code) return refuse(Step::prefix, Reason::too_long);
  const auto bytes = codec::from_base45(text.substr(card_code_prefix.size()));
  if (!bytes) return refuse(Step::base45, Reason::base45, bytes.error().detail);
  TRY(message, CoseSign1::read(bytes.value()));
  if (message.algorithm() != crypto::SignatureAlgorithm::es256) return refuse(Step::cose, Reason::cose_algorithm);
  const auto& kid = message.kid();
  if (!kid || kid->size() != TravelKeyId{}.size()) return refuse(Step::cose, Reason::no_kid);
  if (message.signature().size() != ByteArray<64>{}.size()) return refuse(Step::cose, Reason::cose, "signature");
  UnverifiedCard card{
      .claims = {}, .key = take<8>(*kid), .signature = take<64>(message.signature()), .signed_bytes = {}};
  if (lower_signature(card.signature) != card.signature) {
    return refuse(Step::cose, Reason::cose, "the other spelling of the signature");
  }
  const auto tree = codec::CborTree::read(message.payload());
  if (!tree) return refuse(Step::cwt, Reason::cbor, tree.error().detail);
  TRY(claims, claims_in(tree.value().root()));
  if (const auto checked = domain::check_card(claims); !checked) return not_a_card(checked.error().detail);
  if (message_of(claims, card.key, card.signature) != bytes.value()) {
    return not_a_card("another spelling, or more than a card says");
  }
  card.signed_bytes = signed_bytes_of(claims, card.key);
  card.claims = std::move(claims);
  return card;
}

std::string card_code_text(const UnverifiedCard& card) {
  return std::string{card_code_prefix} + codec::base45(message_of(card.claims, card.key, card.signature));
}

Checked<VerifiedCard> verify_card_code(std::string_view text, const TravelKeys& keys, Moment at) {
  TRY(card, read_card_code(text));
  const auto* signer = keys.find(card.key);
  if (signer == nullptr) return refuse(Step::signature, Reason::untrusted_signer);
  if (!signer->key.verifies(crypto::SignatureAlgorithm::es256, card.signed_bytes, card.signature)) {
    return refuse(Step::signature, Reason::signature);
  }
  TRYV(
      check_window({.from = numeric_date(card.claims.valid_from), .until = numeric_date(card.claims.valid_until)}, at));
  const bool in_span = (!signer->not_before || *signer->not_before <= at) &&
                       (!signer->not_after || card.claims.valid_until <= *signer->not_after);
  if (!in_span) return refuse(Step::validity, Reason::signer_not_valid);
  return VerifiedCard{std::move(card.claims)};
}

}  // namespace lindung::cert
