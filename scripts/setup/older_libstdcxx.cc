// Newer compilers call this function of libstdc++ 11 (GLIBCXX_3.4.29) where a size cannot be. With one of its own, the addon loads wherever
// TensorFlow's library does, which needs GLIBCXX_3.4.22.

#include <cstdlib>

namespace std {
__attribute__((visibility("hidden"))) void __throw_bad_array_new_length() { abort(); }
}  // namespace std
