#include "base/secret.h"

#include <cstddef>
#include <new>

namespace lindung {

void wipe_and_delete(void* memory, std::size_t size) noexcept {
  wipe(memory, size);
  ::operator delete(memory);
}

}  // namespace lindung
