#include "service/import_jobs.h"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "domain/import.h"
#include "domain/issuer.h"
#include "service/batches.h"
#include "service/import_receipt.h"
#include "service/issuers.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::uint64_t try_again_seconds = 5;

}  // namespace

Result<void> check_claim(const Platform& platform, const ImportClaim& claim) {
  const auto refuse = [] { return fail(Errc::bad_signature, "no key of this issuer signed this import"); };
  const auto now = platform.clock.now();
  std::optional<domain::Issuer> issuer;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    auto found = find_issuer(transaction, platform.ring, claim.issuer);
    if (found.has_error() && found.error().code == Errc::not_found) return ok();
    if (found.has_error()) return std::move(found).error();
    issuer = std::move(found).value();
    return ok();
  }));
  if (!issuer || domain::verify_import(*issuer, claim.import_id, claim.content, claim.signature, now).has_error()) {
    return refuse();
  }
  return ok();
}

Result<std::optional<ImportReceipt>> find_import(const Platform& platform, const ImportClaim& claim) {
  std::optional<ImportReceipt> receipt;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(found, find_receipt(transaction, platform.ring,
                            {.issuer = claim.issuer, .import_id = claim.import_id, .content = claim.content}));
    TRY(batch, find_batch(transaction, domain::batch_id(claim.issuer, claim.import_id)));
    if (batch && (batch->state == BatchState::undoing || batch->state == BatchState::undone)) {
      return fail(Errc::conflict, "this import was undone: send it under another id");
    }
    receipt = std::move(found);
    return ok();
  }));
  return receipt;
}

// One content has one name here, so that two contents under one id are told apart by their receipt alone.
std::string ImportJobs::key_of(const ImportClaim& claim) {
  return claim.issuer.value() + "/" + claim.import_id + "/" + std::string{as_text(BytesView{claim.content})};
}

Result<void> ImportJobs::begin(const ImportClaim& claim) {
  const std::scoped_lock lock{mutex_};
  const auto known = jobs_.find(key_of(claim));
  if (running_ >= max_running || (known != jobs_.end() && known->second.is_running)) {
    return Error{.code = Errc::busy, .detail = "imports are under way", .number = try_again_seconds};
  }
  std::erase(failed_, key_of(claim));
  jobs_[key_of(claim)] = {.is_running = true, .rows_done = 0, .failed = {}};
  ++running_;
  return ok();
}

void ImportJobs::progress(const ImportClaim& claim, std::uint64_t rows_done) {
  const std::scoped_lock lock{mutex_};
  const auto job = jobs_.find(key_of(claim));
  if (job != jobs_.end()) job->second.rows_done = rows_done;
}

void ImportJobs::end(const ImportClaim& claim, std::optional<Error> failed) {
  const std::scoped_lock lock{mutex_};
  const auto job = jobs_.find(key_of(claim));
  if (job == jobs_.end()) return;
  --running_;
  if (!failed) {
    jobs_.erase(job);
    return;
  }
  job->second.is_running = false;
  job->second.failed = std::move(failed);
  failed_.push_back(job->first);
  if (failed_.size() > max_kept) {
    jobs_.erase(failed_.front());
    failed_.pop_front();
  }
}

std::optional<ImportJobs::State> ImportJobs::find(const ImportClaim& claim) const {
  const std::scoped_lock lock{mutex_};
  const auto job = jobs_.find(key_of(claim));
  if (job == jobs_.end()) return std::nullopt;
  return job->second;
}

}  // namespace lindung::service
