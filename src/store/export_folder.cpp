#include "store/export_folder.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "base/bytes.h"
#include "base/result.h"
#include "log/verifier.h"
#include "store/durable_file.h"

namespace lindung::store {

namespace fs = std::filesystem;

log::ExportReader export_folder(const std::string& folder) {
  return {.each_file = [folder](const log::ExportReader::Visitor& visit) -> Result<void> {
            std::error_code error;
            fs::recursive_directory_iterator at{folder, error};
            for (const auto end = fs::recursive_directory_iterator{}; !error && at != end; at.increment(error)) {
              if (at->is_directory(error) && !at->is_symlink(error)) continue;
              const auto path = fs::path{at->path()}.lexically_relative(folder).generic_string();
              if (!at->is_regular_file(error)) return fail(Errc::corrupt, path + " is not a plain file");
              TRYV(visit(path, at->file_size(error)));
            }
            if (error) return fail(Errc::io, folder + ": " + error.message());
            return ok();
          },
          .read = [folder](std::string_view path, std::size_t limit) -> Result<Bytes> {
            TRY(content, read_file(folder + "/" + std::string{path}, limit));
            return Bytes{content.begin(), content.end()};
          }};
}

}  // namespace lindung::store
