#include "domain/border_list.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "domain/border_desk.h"
#include "domain/card_claims.h"

namespace lindung::domain {

namespace {

constexpr std::string_view label = "lindung border list v1";
constexpr std::uint64_t members = 9;
constexpr std::uint64_t last_moment = std::uint64_t{1} << 40U;

Bytes encode(const BorderList& list) {
  codec::CborWriter writer;
  writer.array(members).text(label).text(list.device).text(list.port).uint(unix_seconds(list.made_at));
  writer.uint(list.serial);
  writer.array(list.keys.size());
  for (const auto& each : list.keys) {
    writer.array(3).bytes(each.point).uint(unix_seconds(each.not_before)).uint(unix_seconds(each.not_after));
  }
  writer.array(list.document_keys.size());
  for (const auto& each : list.document_keys) writer.array(2).uint(each.day.number).bytes(each.key.view());
  writer.array(list.cards.size());
  for (const auto& each : list.cards) {
    writer.array(3).bytes(each.id.bytes()).uint(each.version).uint(each.is_withdrawn ? 1 : 0);
  }
  writer.array(list.passings.size());
  for (const auto& each : list.passings) {
    writer.array(5).bytes(each.card.bytes()).bytes(each.mark).uint(static_cast<std::uint64_t>(each.verdict));
    writer.uint(unix_seconds(each.at)).text(each.device);
  }
  return std::move(writer).take();
}

Result<void> items(codec::CborReader& reader, std::uint64_t count) {
  TRY(found, reader.array());
  if (found != count) return fail(Errc::malformed, "not a list of ours");
  return ok();
}

Result<Moment> moment(codec::CborReader& reader) {
  TRY(at, reader.uint());
  if (at > last_moment) return fail(Errc::malformed, "a moment that cannot be");
  return lindung::moment_of(at);
}

Result<void> read_keys(codec::CborReader& reader, BorderList& list) {
  TRY(keys, reader.array());
  for (std::uint64_t i = 0; i < keys; ++i) {
    TRYV(items(reader, 3));
    TRY(point, reader.fixed<65>());
    TRY(not_before, moment(reader));
    TRY(not_after, moment(reader));
    list.keys.push_back({.point = to_bytes(point), .not_before = not_before, .not_after = not_after});
  }
  TRY(days, reader.array());
  for (std::uint64_t i = 0; i < days; ++i) {
    TRYV(items(reader, 2));
    TRY(day, reader.uint());
    TRY(key, reader.fixed<32>());
    list.document_keys.push_back({.day = Day{static_cast<std::uint32_t>(day)}, .key = Secret<32>{key}});
  }
  return ok();
}

Result<void> read_cards(codec::CborReader& reader, BorderList& list) {
  TRY(cards, reader.array());
  for (std::uint64_t i = 0; i < cards; ++i) {
    TRYV(items(reader, 3));
    TRY(id, reader.fixed<16>());
    TRY(version, reader.uint());
    TRY(withdrawn, reader.uint());
    list.cards.push_back({.id = CardId{id}, .version = version, .is_withdrawn = withdrawn != 0});
  }
  TRY(passings, reader.array());
  for (std::uint64_t i = 0; i < passings; ++i) {
    TRYV(items(reader, 5));
    TRY(card, reader.fixed<16>());
    TRY(mark, reader.fixed<8>());
    TRY(verdict, reader.uint());
    TRY(at, moment(reader));
    TRY(device, reader.text());
    if (verdict < 1 || verdict > static_cast<std::uint64_t>(DeskVerdict::isolate)) {
      return fail(Errc::malformed, "verdict");
    }
    list.passings.push_back({.card = CardId{card},
                             .mark = mark,
                             .verdict = static_cast<DeskVerdict>(verdict),
                             .at = at,
                             .device = std::string{device}});
  }
  return ok();
}

Result<BorderList> decode(BytesView bytes) {
  codec::CborReader reader{bytes};
  TRYV(items(reader, members));
  TRY(named, reader.text());
  if (named != label) return fail(Errc::malformed, "not a list of ours");
  BorderList list;
  TRY(device, reader.text());
  TRY(port, reader.text());
  TRY(made_at, moment(reader));
  TRY(serial, reader.uint());
  list.device = device;
  list.port = port;
  list.made_at = made_at;
  list.serial = serial;
  TRYV(read_keys(reader, list));
  TRYV(read_cards(reader, list));
  TRYV(reader.end());
  return list;
}

Bytes signed_bytes(BytesView body) { return Message{}.text(label).u8(0).raw(body).take(); }

Bytes info_for(std::string_view device) { return Message{}.text(label).u8(0).text(device).take(); }

}  // namespace

Result<Bytes> seal_border_list(const BorderList& list, const crypto::Ed25519PrivateKey& server,
                               const crypto::X25519PublicKey& device) {
  const auto body = encode(list);
  const auto signature = server.sign(signed_bytes(body));
  TRY(sender, crypto::hpke_send(device, crypto::X25519PrivateKey::generate(), info_for(list.device)));
  auto plaintext = Message{signature.size() + body.size()}.raw(signature).raw(body).take();
  auto sealed = Message{}.raw(sender.enc).raw(sender.context.seal({}, plaintext)).take();
  wipe(plaintext.data(), plaintext.size());
  return sealed;
}

Result<BorderList> open_border_list(BytesView sealed, std::string_view device, const crypto::X25519PrivateKey& key,
                                    const crypto::Ed25519PublicKey& server) {
  constexpr std::size_t enc_size = 32;
  constexpr std::size_t signature_size = 64;
  if (sealed.size() < enc_size) return fail(Errc::malformed, "length");
  TRY(context, crypto::hpke_receive(key, take<enc_size>(sealed), info_for(device)));
  TRY(plaintext, context.open({}, sealed.subspan(enc_size)));
  if (plaintext.size() < signature_size) return fail(Errc::malformed, "length");
  const auto body = BytesView{plaintext}.subspan(signature_size);
  if (!server.verifies(signed_bytes(body), take<signature_size>(plaintext))) {
    return fail(Errc::bad_signature, "the list is not of the server that this device knows");
  }
  auto list = decode(body);
  wipe(plaintext.data(), plaintext.size());
  if (list && list.value().device != device) return fail(Errc::malformed, "the list of another device");
  return list;
}

}  // namespace lindung::domain
