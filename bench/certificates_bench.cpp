// HC1 certificates verified a second, over raw ES256 verifications by OpenSSL EVP with everything cached, in turns on
// one core; and where the time of a certificate goes. A program of its own:
//   certificates_bench [--rounds 15] [--json FILE]
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "cert/cose_sign1.h"
#include "cert/cwt.h"
#include "cert/dcc_content.h"
#include "cert/hc1.h"
#include "cert/signer.h"
#include "cert/step.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "cert/verify.h"
#include "codec/base45.h"
#include "codec/cbor.h"
#include "codec/inflate.h"
#include "crypto/certificate_key.h"
#include "crypto/digest.h"
#include "crypto/ecdsa.h"
#include "crypto/p256_table.h"
#include "reference.h"

namespace {

using namespace lindung;  // NOLINT: a program, not a header

const Moment issued_at = moment_of(1'630'000'000);
const Moment expires_at = moment_of(1'660'000'000);
const Moment now = moment_of(1'640'000'000);

// A vaccination as most countries write it, by a signer of ours. No two of them are alike.
class Issuer {
 public:
  [[nodiscard]] std::string text(int number) const {
    const auto payload = claims(number);
    codec::CborWriter head;
    head.map(2).integer(1).integer(-7).integer(4).bytes(kid());
    codec::CborWriter signed_part;
    signed_part.array(4).text("Signature1").bytes(head.view()).bytes({}).bytes(payload);
    codec::CborWriter message;
    message.tag(18).array(4).bytes(head.view()).map(0).bytes(payload).bytes(key_.sign(signed_part.view()).value());
    Bytes compressed(compressBound(message.view().size()));
    auto size = compressed.size();
    compress2(compressed.data(), &size, message.view().data(), message.view().size(), Z_BEST_COMPRESSION);
    compressed.resize(size);
    return std::string{cert::hc1_prefix} + codec::base45(compressed);
  }
  [[nodiscard]] static BytesView kid() { return as_bytes("12345678"); }
  [[nodiscard]] Bytes point() const { return key_.public_point(); }
  // A key that nobody has asked yet.
  [[nodiscard]] cert::TrustStore trust() const {
    const auto sec1 = point();
    cert::TrustStore out;
    out.add_list({.origin = "bench", .fetched = {}, .fresh_for = {}});
    out.add_signer(std::make_shared<const cert::Signer>(
        cert::Signer{.key = crypto::CertificateKey::from_coordinates(
                                crypto::KeyKind::p256, BytesView{sec1}.subspan(1, 32), BytesView{sec1}.last(32))
                                .value(),
                     .kid = to_bytes(kid()),
                     .countries = {"DE"},
                     .usage = {},
                     .not_before = issued_at,
                     .not_after = expires_at}));
    return out;
  }
  [[nodiscard]] const crypto::Es256PrivateKey& key() const noexcept { return key_; }

 private:
  static Bytes claims(int number) {
    codec::CborWriter w;
    w.map(4).integer(1).text("DE").integer(4).integer(expires_at.time_since_epoch().count());
    w.integer(6).integer(issued_at.time_since_epoch().count()).integer(-260).map(1).integer(1).map(4);
    w.text("v").array(1).map(10);
    w.text("ci").text("URN:UVCI:01DE/IZ12345A/" + std::to_string(1'000'000'000 + number) + "XYZABC#S");
    w.text("co").text("DE").text("dn").integer(2).text("dt").text("2021-08-01").text("is").text("Robert Koch-Institut");
    w.text("ma").text("ORG-100030215").text("mp").text("EU/1/20/1528").text("sd").integer(2);
    w.text("tg").text("840539006").text("vp").text("1119349007");
    w.text("dob").text("1964-08-12").text("nam").map(4);
    w.text("fn").text("Mustermann").text("gn").text("Erika").text("fnt").text("MUSTERMANN").text("gnt").text("ERIKA");
    w.text("ver").text("1.3.0");
    return std::move(w).take();
  }

  crypto::Es256PrivateKey key_ = crypto::Es256PrivateKey::generate().value();
};

[[noreturn]] void die(const char* why) { bench::die(why); }

// Units: microseconds of this process's CPU for one call.
template <class Call>
double cost_us(int calls, Call&& call) {
  const auto begin = bench::process_cpu_s();
  for (int i = 0; i < calls; ++i) call(static_cast<std::size_t>(i));
  return (bench::process_cpu_s() - begin) / calls * 1e6;
}

// OpenSSL alone: key, context, digest and DER are there already.
class RawVerify {
 public:
  explicit RawVerify(const crypto::Es256PrivateKey& own) {
    const auto digest = crypto::sha256(message_);
    std::copy(digest.begin(), digest.end(), digest_.begin());
    auto point = own.public_point();
    std::string group{SN_X9_62_prime256v1};
    std::array<OSSL_PARAM, 3> parameters{OSSL_PARAM_construct_utf8_string("group", group.data(), 0),
                                         OSSL_PARAM_construct_octet_string("pub", point.data(), point.size()),
                                         OSSL_PARAM_construct_end()};
    auto* making = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
    EVP_PKEY_fromdata_init(making);
    if (EVP_PKEY_fromdata(making, &key_, EVP_PKEY_PUBLIC_KEY, parameters.data()) != 1) die("EVP_PKEY_fromdata");
    EVP_PKEY_CTX_free(making);
    context_ = EVP_PKEY_CTX_new_from_pkey(nullptr, key_, nullptr);
    EVP_PKEY_verify_init(context_);
    const auto pair = own.sign(message_).value();
    auto* signature = ECDSA_SIG_new();
    ECDSA_SIG_set0(signature, BN_bin2bn(pair.data(), 32, nullptr), BN_bin2bn(pair.data() + 32, 32, nullptr));
    auto* end = der_.data();
    size_ = static_cast<std::size_t>(i2d_ECDSA_SIG(signature, &end));
    ECDSA_SIG_free(signature);
  }
  RawVerify(const RawVerify&) = delete;
  RawVerify& operator=(const RawVerify&) = delete;
  ~RawVerify() {
    EVP_PKEY_CTX_free(context_);
    EVP_PKEY_free(key_);
  }
  void operator()(std::size_t /*round*/) const {
    if (EVP_PKEY_verify(context_, der_.data(), size_, digest_.data(), digest_.size()) != 1) die("EVP_PKEY_verify");
  }

 private:
  Bytes message_ = Bytes(300, 9);
  std::array<unsigned char, 32> digest_{};
  std::array<unsigned char, 80> der_{};
  std::size_t size_{};
  EVP_PKEY* key_{};
  EVP_PKEY_CTX* context_{};
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

struct Figures {
  std::vector<double> raw;
  std::vector<double> before;  // the table
  std::vector<double> with;
};

void must_be_valid(const std::string& text, const cert::TrustStore& trust) {
  const auto verdict = cert::verify(text, trust, now);
  if (verdict.outcome != cert::Outcome::valid) die("a certificate of ours is not valid");
}

// The steps by themselves, each over all texts. What is left between their sum and the whole is copies and the verdict.
boost::json::object steps_of(const Issuer& issuer, const std::vector<std::string>& texts) {
  const auto calls = static_cast<int>(texts.size()) * 8;
  const auto at = [&](std::size_t i) { return i % texts.size(); };
  std::vector<Bytes> compressed;
  std::vector<Bytes> messages;
  for (const auto& text : texts) {
    compressed.push_back(cert::hc1_bytes(std::string_view{text}.substr(4)).value());
    messages.push_back(cert::hc1_message(compressed.back()).value());
  }
  std::vector<cert::Cwt> claims;
  for (const auto& message : messages) {
    claims.push_back(cert::Cwt::read(cert::CoseSign1::read(message).value().payload(), cert::Step::cose).value());
  }
  const auto sec1 = issuer.point();
  const auto table = crypto::P256Table::make(BytesView{sec1}.subspan(1, 32), BytesView{sec1}.last(32));
  const auto signature = issuer.key().sign(messages.front()).value();
  const auto digest = crypto::sha256(messages.front());
  boost::json::object out;
  out["base45"] = cost_us(calls, [&](std::size_t i) {
    if (!cert::hc1_bytes(std::string_view{texts[at(i)]}.substr(4))) die("base45");
  });
  out["zlib"] = cost_us(calls, [&](std::size_t i) {
    if (!cert::hc1_message(compressed[at(i)])) die("zlib");
  });
  out["cose"] = cost_us(calls, [&](std::size_t i) {
    const auto message = cert::CoseSign1::read(messages[at(i)]);
    if (!message || !cert::Cwt::read(message.value().payload(), cert::Step::cose)) die("cose");
  });
  out["sha256"] = cost_us(calls, [&](std::size_t i) {
    if (crypto::sha256(messages[at(i)]) == Hash{}) die("sha256");
  });
  out["es256"] = cost_us(calls, [&](std::size_t /*i*/) {
    if (!table->verifies(digest, signature)) die("es256");
  });
  out["schema"] = cost_us(calls, [&](std::size_t i) {
    if (!cert::read_dcc(*claims[at(i)].claims().find(-260)->find(1))) die("schema");
  });
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t rounds = 15;
  std::string json;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name{argv[i]};
    if (name == "--rounds") {
      rounds = std::strtoul(argv[i + 1], nullptr, 10);
    } else if (name == "--json") {
      json = argv[i + 1];
    } else {
      die("certificates_bench [--rounds 15] [--json FILE]");
    }
  }
  const Issuer issuer;
  std::vector<std::string> texts;
  for (int i = 0; i < 256; ++i) texts.push_back(issuer.text(i));
  const RawVerify raw{issuer.key()};
  const auto trust = issuer.trust();
  for (std::uint32_t i = 0; i <= crypto::CertificateKey::verified_before_table; ++i) {
    must_be_valid(texts[i % texts.size()], trust);
  }
  if (crypto::P256Table::alive() != 1) die("the signer has no table");

  constexpr int calls = 500;  // fewer than what makes a table
  Figures spent;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto fresh = issuer.trust();
    const auto each = [&](const cert::TrustStore& under) {
      return cost_us(calls, [&](std::size_t i) { must_be_valid(texts[i % texts.size()], under); });
    };
    spent.raw.push_back(cost_us(calls, raw));
    spent.before.push_back(each(fresh));
    spent.with.push_back(each(trust));
  }
  std::vector<double> ratios;
  std::vector<double> ratios_before;
  for (std::size_t i = 0; i < rounds; ++i) {
    ratios.push_back(spent.raw[i] / spent.with[i]);
    ratios_before.push_back(spent.raw[i] / spent.before[i]);
  }
  auto steps = steps_of(issuer, texts);
  std::printf("one core, medians of %zu rounds in turns:\n", rounds);
  std::printf("  raw ES256 by EVP      %7.1f us  %8.0f a second\n", median(spent.raw), 1e6 / median(spent.raw));
  std::printf("  HC1, a new signer     %7.1f us  %8.0f a second  %.2f of raw\n", median(spent.before),
              1e6 / median(spent.before), median(ratios_before));
  std::printf("  HC1, a known signer   %7.1f us  %8.0f a second  %.2f of raw\n", median(spent.with),
              1e6 / median(spent.with), median(ratios));
  for (const auto& step : steps) {
    std::printf("    %-19s %7.1f us\n", std::string{step.key()}.c_str(), step.value().as_double());
  }
  if (!json.empty()) {
    std::ofstream out{json};
    out << boost::json::serialize(boost::json::object{{"ratio", median(ratios)},
                                                      {"ratio_new_signer", median(ratios_before)},
                                                      {"raw_a_second", 1e6 / median(spent.raw)},
                                                      {"hc1_a_second", 1e6 / median(spent.with)},
                                                      {"steps_us", std::move(steps)}})
        << "\n";
    if (!out.flush()) die("cannot write the figures");
  }
  return 0;
}
