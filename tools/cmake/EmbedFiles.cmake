# cmake -DOUT=file -DNAMES=a;b -DPATHS=x;y -P EmbedFiles.cmake
# Writes each file as an array of bytes and a table `embeddedFiles` of them.
set(text "struct EmbeddedFile {\n  const char *name;\n  const unsigned char *bytes;\n  unsigned long size;\n};\n")
set(table "")
set(index 0)
foreach(name path IN ZIP_LISTS NAMES PATHS)
  file(READ ${path} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(................................................................................)"
    "\\1\n" bytes "${bytes}")
  string(APPEND text "static const unsigned char embedded${index}[] = {\n${bytes}};\n")
  string(APPEND table "  {\"${name}\", embedded${index}, sizeof embedded${index}},\n")
  math(EXPR index "${index} + 1")
endforeach()
string(APPEND text "static const EmbeddedFile embeddedFiles[] = {\n${table}};\n")
file(WRITE ${OUT} "${text}")
