// All arithmetic on the curve is OpenSSL's, and one inverse GMP's, which takes a seventeenth of BN_mod_inverse's time.
// ecp_nistz256 keeps a table for whatever the generator of its group is, once it is asked to, and compares the table's
// first point with the generator at each use.
#define OPENSSL_SUPPRESS_DEPRECATED  // EC_GROUP_precompute_mult has no successor; deprecated in 3.0, there in all
                                     // of 3.x
#include "crypto/p256_table.h"

#include <gmp.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include "base/bytes.h"
#include "crypto/library.h"
#include "crypto/random.h"

namespace lindung::crypto {
namespace {

constexpr std::size_t scalar_size = 32;

using NumberOwner = std::unique_ptr<BIGNUM, Released<BN_free>>;
using PointOwner = std::unique_ptr<EC_POINT, Released<EC_POINT_free>>;
using WorkOwner = std::unique_ptr<BN_CTX, Released<BN_CTX_free>>;

std::atomic<std::size_t>& counter() noexcept {
  static std::atomic<std::size_t> tables{0};
  return tables;
}

P256Table::GroupOwner new_group() {
  P256Table::GroupOwner out{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
  require(out != nullptr, "EC_GROUP_new_by_curve_name(P-256)");
  return out;
}

// P-256 as it is; OpenSSL has the table of its generator compiled in.
const EC_GROUP* curve() {
  static const auto group = new_group();
  return group.get();
}

BIGNUM* read_number(BIGNUM* into, BytesView bytes) {
  require(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), into) != nullptr, "BN_bin2bn");
  return into;
}

// 1/number modulo the order, of public numbers: takes varying time.
class Inverter {
 public:
  Inverter() {
    mpz_inits(order_, number_, nullptr);
    ByteArray<scalar_size> order;
    require(BN_bn2binpad(EC_GROUP_get0_order(curve()), order.data(), scalar_size) == scalar_size, "BN_bn2binpad");
    import(order_, order);
  }
  Inverter(const Inverter&) = delete;
  Inverter& operator=(const Inverter&) = delete;
  ~Inverter() { mpz_clears(order_, number_, nullptr); }

  // False for a number that has none.
  [[nodiscard]] bool invert(BIGNUM* into, BytesView number) {
    import(number_, number);
    if (mpz_invert(number_, number_, order_) == 0) return false;
    ByteArray<scalar_size> out;
    std::size_t size = 0;
    mpz_export(out.data(), &size, 1, 1, 1, 0, number_);  // at most 32 bytes: it is below the order
    read_number(into, BytesView{out}.first(size));
    return true;
  }

 private:
  static void import(mpz_ptr into, BytesView bytes) { mpz_import(into, bytes.size(), 1, 1, 1, 0, bytes.data()); }
  mpz_t order_;
  mpz_t number_;
};

// What one verification writes into; kept by each thread.
class Scratch {
 public:
  Scratch() {
    const bool whole = work && e && r && s && w && u1 && u2 && x && of_g && of_q && sum;
    require(whole, "BN_new");
  }
  static Scratch& of_thread() {
    thread_local Scratch scratch;
    return scratch;
  }

  Inverter inverter;
  WorkOwner work{BN_CTX_new()};
  NumberOwner e{BN_new()};
  NumberOwner r{BN_new()};
  NumberOwner s{BN_new()};
  NumberOwner w{BN_new()};
  NumberOwner u1{BN_new()};
  NumberOwner u2{BN_new()};
  NumberOwner x{BN_new()};
  PointOwner of_g{EC_POINT_new(curve())};
  PointOwner of_q{EC_POINT_new(curve())};
  PointOwner sum{EC_POINT_new(curve())};
};

bool in_range(const BIGNUM* number, const BIGNUM* order) {
  return BN_is_zero(number) == 0 && BN_cmp(number, order) < 0;
}

// A multiple of the key's point by the table and by the way for points that have none.
bool agrees(const EC_GROUP* with_table, const EC_POINT* point) {
  auto& t = Scratch::of_thread();
  read_number(t.u1.get(), random_bytes<scalar_size>());
  return EC_POINT_mul(with_table, t.of_q.get(), t.u1.get(), nullptr, nullptr, t.work.get()) == 1 &&
         EC_POINT_mul(curve(), t.of_g.get(), nullptr, point, t.u1.get(), t.work.get()) == 1 &&
         EC_POINT_cmp(curve(), t.of_q.get(), t.of_g.get(), t.work.get()) == 0;
}

P256Table::GroupOwner group_with_table(BytesView x, BytesView y) {
  const QuietErrors quiet;
  auto& t = Scratch::of_thread();
  auto group = new_group();
  const PointOwner point{EC_POINT_new(group.get())};
  require(point != nullptr, "EC_POINT_new");
  // Which refuses what is not on the curve; every point of P-256 but infinity has the order of its generator.
  const bool made =
      EC_POINT_set_affine_coordinates(group.get(), point.get(), read_number(t.u1.get(), x), read_number(t.u2.get(), y),
                                      t.work.get()) == 1 &&
      EC_GROUP_set_generator(group.get(), point.get(), EC_GROUP_get0_order(curve()), BN_value_one()) == 1 &&
      EC_GROUP_precompute_mult(group.get(), t.work.get()) == 1 && EC_GROUP_have_precompute_mult(group.get()) == 1 &&
      agrees(group.get(), point.get());
  return made ? std::move(group) : nullptr;
}

}  // namespace

std::unique_ptr<const P256Table> P256Table::make(BytesView x, BytesView y, std::size_t limit) {
  if (counter().fetch_add(1) >= limit) {
    counter().fetch_sub(1);
    return nullptr;
  }
  // From here on the destructor counts it down, with a group or without.
  std::unique_ptr<const P256Table> out{new P256Table{group_with_table(x, y)}};
  return out->group_ == nullptr ? nullptr : std::move(out);
}

std::size_t P256Table::alive() noexcept { return counter().load(); }

void P256Table::ReleaseGroup::operator()(EC_GROUP* group) const noexcept { EC_GROUP_free(group); }

P256Table::~P256Table() { counter().fetch_sub(1); }

bool P256Table::verifies(const Hash& digest, BytesView signature) const noexcept {
  if (signature.size() != 2 * scalar_size) return false;
  auto& t = Scratch::of_thread();
  const auto* order = EC_GROUP_get0_order(curve());
  read_number(t.r.get(), signature.first(scalar_size));
  read_number(t.s.get(), signature.last(scalar_size));
  if (!in_range(t.r.get(), order) || !in_range(t.s.get(), order)) return false;
  read_number(t.e.get(), digest);
  auto* work = t.work.get();
  // What GMP found is an inverse if OpenSSL says so; no check, no signature.
  const bool inverted = t.inverter.invert(t.w.get(), signature.last(scalar_size)) &&
                        BN_mod_mul(t.x.get(), t.s.get(), t.w.get(), order, work) == 1 && BN_is_one(t.x.get()) == 1;
  require(inverted, "mpz_invert");
  const bool multiplied = BN_mod_mul(t.u1.get(), t.e.get(), t.w.get(), order, work) == 1 &&
                          BN_mod_mul(t.u2.get(), t.r.get(), t.w.get(), order, work) == 1 &&
                          EC_POINT_mul(curve(), t.of_g.get(), t.u1.get(), nullptr, nullptr, work) == 1 &&
                          EC_POINT_mul(group_.get(), t.of_q.get(), t.u2.get(), nullptr, nullptr, work) == 1 &&
                          EC_POINT_add(curve(), t.sum.get(), t.of_g.get(), t.of_q.get(), work) == 1;
  require(multiplied, "EC_POINT_mul");
  if (EC_POINT_is_at_infinity(curve(), t.sum.get()) == 1) return false;
  require(EC_POINT_get_affine_coordinates(curve(), t.sum.get(), t.x.get(), nullptr, work) == 1 &&
              BN_nnmod(t.x.get(), t.x.get(), order, work) == 1,
          "EC_POINT_get_affine_coordinates");
  return BN_cmp(t.x.get(), t.r.get()) == 0;
}

}  // namespace lindung::crypto
