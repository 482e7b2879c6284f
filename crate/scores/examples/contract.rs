//! Prints the contract; `cargo xtask contract` runs this.

fn main() -> serde_json::Result<()> {
    println!("{}", semgrad_scores::schema::document()?);
    Ok(())
}
