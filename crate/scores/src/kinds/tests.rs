use super::*;
#[test]
fn smoke() {
    assert_eq!(kind_of("who wrote hamlet"), Kind::Fact);
}
