#!/bin/sh
# Makes the program that checks functions: make_program.sh < LIST, each line of
# which is NAME TEMPLATE OP LIMIT STRIDE.
folder=$(dirname "$0")
list=$(cat)
cat "$folder/differs.mlir"
echo "$list" | while read -r name template op limit stride; do
  sed -e "s/NAME/$name/;s/STRIDE/$stride/;s/OP/$op/" \
      "$folder/$template.mlir.in"
done
echo 'func.func @main() {'
echo '  %p0 = arith.constant 0 : i32'
echo '  %p1 = arith.constant 0x7F800005 : i32'
echo '  %n0 = arith.constant 0x80000000 : i32'
echo '  %n1 = arith.constant 0xFF800005 : i32'
echo "$list" | while read -r name template op limit stride; do
  echo "  %limit_$name = arith.constant $limit : f64"
  for sign in p n; do
    echo "  %${sign}_$name = call @check_$name(%${sign}0, %${sign}1," \
         "%limit_$name) : (i32, i32, f64) -> i64"
  done
  echo "  vector.print str \"$name \""
  echo "  vector.print %p_$name : i64"
  echo "  vector.print %n_$name : i64"
done
echo '  return'
echo '}'
